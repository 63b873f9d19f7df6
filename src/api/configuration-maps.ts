/** The ConfigMaps that a whole application names, and where its pods find them (compatibility: pod mutation). */
export const configurationMaps = [
  {
    field: 'hadoopConfigMap',
    path: '/etc/hadoop/conf',
    volume: 'hadoop-configmap-volume',
    env: 'HADOOP_CONF_DIR',
  },
  {
    field: 'sparkConfigMap',
    path: '/etc/spark/conf',
    volume: 'spark-configmap-volume',
    env: 'SPARK_CONF_DIR',
  },
] as const;

/** The environment variables of the submitting client that shape what it submits. */

export interface ClientEnvironment {
  /** SPARK_USER. */
  readonly sparkUser?: string;
  /** Whom the client runs as, for lack of SPARK_USER and of a proxy user: HADOOP_USER_NAME or the system's user; default `spark`. */
  readonly loginUser?: string;
  /** PYSPARK_PYTHON. */
  readonly pysparkPython?: string;
  /** PYSPARK_DRIVER_PYTHON. */
  readonly pysparkDriverPython?: string;
  /** SPARK_LOCAL_DIRS. */
  readonly localDirs?: string;
  /** Absolute; left out where the submitter has no files of its own, as an operator. */
  readonly workingDirectory?: string;
  /** HADOOP_CONF_DIR, whose files become a ConfigMap. */
  readonly hadoopConfDir?: string;
  /** SPARK_CONF_DIR, whose files go into the driver's ConfigMap. */
  readonly sparkConfDir?: string;
}

const variables: readonly (readonly [Exclude<keyof ClientEnvironment, 'workingDirectory'>, string])[] = [
  ['sparkUser', 'SPARK_USER'],
  ['loginUser', 'HADOOP_USER_NAME'],
  ['pysparkPython', 'PYSPARK_PYTHON'],
  ['pysparkDriverPython', 'PYSPARK_DRIVER_PYTHON'],
  ['localDirs', 'SPARK_LOCAL_DIRS'],
  ['hadoopConfDir', 'HADOOP_CONF_DIR'],
  ['sparkConfDir', 'SPARK_CONF_DIR'],
];

/** @param loginUser the user of the operating system, for lack of HADOOP_USER_NAME */
export function clientEnvironmentOf(environment: NodeJS.ProcessEnv, loginUser: string): ClientEnvironment {
  const present = variables.flatMap(([field, variable]) => {
    const value = environment[variable];
    return value === undefined ? [] : [[field, value]];
  });
  return { loginUser, ...Object.fromEntries(present) };
}

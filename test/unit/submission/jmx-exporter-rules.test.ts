/** What the default configuration of the JMX exporter makes of Spark's MBeans. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { defaultExporterConfiguration } from '../../../reconciler/submission/jmx-exporter-rules.js';

const configuration = z
  .strictObject({
    lowercaseOutputName: z.literal(true),
    attrNameSnakeCase: z.literal(true),
    rules: z.array(
      z.strictObject({
        pattern: z.string(),
        name: z.string(),
        type: z.enum(['GAUGE', 'COUNTER']),
        labels: z.record(z.string(), z.string()),
      }),
    ),
  })
  .parse(parse(defaultExporterConfiguration));

/** As JmxCollector does: the first rule whose pattern is found; names in lower case, other characters as underscores. */
function exported(bean: string): readonly [name: string, type: string, labels: Record<string, string>] | undefined {
  for (const { pattern, name, type, labels } of configuration.rules) {
    const match = new RegExp(`^.*(?:${pattern}).*$`, 'u').exec(`${bean}: 1`);
    if (match === null) continue;
    const filled = (text: string) => text.replaceAll(/\$(\d)/gu, (_, group) => match[Number(group)] ?? '');
    const values = Object.entries(labels).map(([label, value]) => [label, filled(value)]);
    const safe = filled(name)
      .replaceAll(/[^a-zA-Z0-9:_]/gu, '_')
      .replaceAll(/_+/gu, '_');
    return [safe.toLowerCase(), type, Object.fromEntries(values)];
  }
  return undefined;
}

const ofDriver = { app_namespace: 'jobs', app_id: 'pi' };
const ofExecutor = { ...ofDriver, executor_id: '7' };

type Row = readonly [
  bean: string,
  attribute: 'Value' | 'Count',
  name: string,
  type: 'GAUGE' | 'COUNTER',
  labels?: object,
];

/** MBeans of Spark, by their names after `<namespace>.<application>.`; one or more for each rule. */
const rows: readonly Row[] = [
  ['driver.BlockManager.memory.memUsed_MB', 'Value', 'spark_driver_blockmanager_memory_memused_mb', 'GAUGE'],
  ['driver.DAGScheduler.job.allJobs', 'Value', 'spark_driver_dagscheduler_job_alljobs', 'GAUGE'],
  ['driver.jvm.heap.used', 'Value', 'spark_driver_jvm_heap_used', 'GAUGE'],
  [
    'driver.App.StreamingMetrics.streaming.lastCompletedBatch_processingDelay',
    'Value',
    'spark_streaming_driver_lastcompletedbatch_processingdelay',
    'GAUGE',
  ],
  [
    'driver.spark.streaming.clicks.inputRate-total',
    'Value',
    'spark_structured_streaming_driver_inputrate_total',
    'GAUGE',
    { ...ofDriver, query_name: 'clicks' },
  ],
  ['7.executor.threadpool.activeTasks', 'Value', 'spark_executor_threadpool_activetasks', 'GAUGE', ofExecutor],
  [
    'driver.DAGScheduler.messageProcessingTime',
    'Count',
    'spark_driver_dagscheduler_messageprocessingtime_count',
    'COUNTER',
  ],
  [
    'driver.HiveExternalCatalog.fileCacheHits',
    'Count',
    'spark_driver_hiveexternalcatalog_filecachehits_count',
    'COUNTER',
  ],
  ['driver.CodeGenerator.compilationTime', 'Count', 'spark_driver_codegenerator_compilationtime_count', 'COUNTER'],
  ['driver.LiveListenerBus.numEventsPosted', 'Count', 'spark_driver_livelistenerbus_numeventsposted_count', 'COUNTER'],
  ['driver.LiveListenerBus.queue.eventLog.size', 'Value', 'spark_driver_livelistenerbus_queue_eventlog_size', 'GAUGE'],
  ['7.executor.bytesRead', 'Count', 'spark_executor_bytesread_count', 'COUNTER', ofExecutor],
  ['7.jvm.heap.used', 'Value', 'spark_executor_jvm_heap_used', 'GAUGE', ofExecutor],
  [
    '7.NettyBlockTransfer.shuffle-client.usedDirectMemory',
    'Value',
    'spark_executor_nettyblocktransfer_shuffle_client_useddirectmemory',
    'GAUGE',
    ofExecutor,
  ],
  [
    '7.HiveExternalCatalog.fileCacheHits',
    'Count',
    'spark_executor_hiveexternalcatalog_filecachehits_count',
    'COUNTER',
    ofExecutor,
  ],
  [
    '7.CodeGenerator.compilationTime',
    'Count',
    'spark_executor_codegenerator_compilationtime_count',
    'COUNTER',
    ofExecutor,
  ],
];

describe('the default configuration of the JMX exporter', () => {
  it('has the 13 rules of the peer', () => assert.equal(configuration.rules.length, 13));

  for (const [bean, attribute, name, type, labels = ofDriver] of rows) {
    it(`exports ${bean} as ${name}`, () => {
      assert.deepEqual(exported(`metrics<name=jobs.pi.${bean}><>${attribute}`), [name, type, labels]);
    });
  }

  it('finds the gauges that Spark 3 and later name with their type, under the same name', () => {
    const gauge = (bean: string) => exported(`metrics<name=jobs.pi.${bean}, type=gauges><>Value`)?.[0];
    assert.equal(gauge('driver.jvm.heap.used'), 'spark_driver_jvm_heap_used');
    assert.equal(gauge('driver.spark.streaming.clicks.latency'), 'spark_structured_streaming_driver_latency');
    assert.equal(gauge('7.executor.threadpool.activeTasks'), 'spark_executor_threadpool_activetasks');
  });

  it('keeps the type in the names of counters and the other gauges, as dashboards for the peer have it', () => {
    const typed = (bean: string, attribute: string, type: string) =>
      exported(`metrics<name=jobs.pi.${bean}, type=${type}><>${attribute}`)?.[0];
    assert.equal(typed('7.executor.bytesRead', 'Count', 'counters'), 'spark_executor_bytesread_type_counters_count');
    assert.equal(typed('7.jvm.heap.used', 'Value', 'gauges'), 'spark_executor_jvm_heap_used_type_gauges');
  });

  it('tells namespace and name of an application apart also where the name has dots', () => {
    const labels = (bean: string) => exported(`metrics<name=jobs.daily.report.v2.${bean}, type=gauges><>Value`)?.[2];
    const common = { app_namespace: 'jobs', app_id: 'daily.report.v2' };
    assert.deepEqual(labels('driver.jvm.heap.used'), common);
    assert.deepEqual(labels('3.executor.threadpool.activeTasks'), { ...common, executor_id: '3' });
  });

  it('exports nothing else', () => assert.equal(exported('java.lang<type=Memory><HeapMemoryUsage>used'), undefined));
});

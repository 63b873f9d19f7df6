/**
 * How many applications a minute, at what cost, on a real kube-apiserver, all on this machine: control plane, webhook,
 * reconciler, and load with simulated node each in processes of their own. Counts and times come from the API server's audit
 * log. Beside it the same requests from a bare loop: what is between is our own doing.
 */

import { distribution, rounded } from './distribution.js';
import { OperatorSite } from './operator-site.js';
import { cpuSince, usageOf, usagesOf } from './process-usage.js';
import type { Results } from './run.js';
import { auditPolicy, readAuditLog, recordedNamespace } from './throughput/audit-log.js';
import { Findings } from './throughput/findings.js';
import { ask, forkProcess, type RunRequest, replayResults, runResults } from './throughput/messages.js';

const namespaces = ['bench-a', 'bench-b', 'bench-c'];
const replayNamespace = 'bench-replay';
const userAgent = 'firesteel-bench-load';
const steadyPerMinute = 600;
const counts = { warmUp: 200, steady: 600, full: 1_500, replayed: 500 };
const replayConcurrency = 24;
/** So that pods run for their five seconds, and there are always some that wait. */
const maximumUnfinished = 400;

export async function throughput(): Promise<Results> {
  const site = await OperatorSite.open({
    namespaces: [...namespaces, recordedNamespace, replayNamespace],
    controllers: false,
    auditPolicy: auditPolicy(namespaces),
  });
  if (site === undefined) return { throughput: 'not measured: no API server, see npm run test:e2e' };
  const load = forkProcess('load-process', site.kubeconfig);
  try {
    await site.startWebhook();
    await site.startReconciler();
    const run = (request: Omit<RunRequest, 'namespaces' | 'maximumUnfinished'>, where = namespaces) =>
      ask(load, { maximumUnfinished, namespaces: where, ...request }, runResults);
    await run({ prefix: 'recorded', count: 1 }, [recordedNamespace]);
    await run({ prefix: 'warm-up', count: counts.warmUp });
    await run({ prefix: 'steady', count: counts.steady, perMinute: steadyPerMinute });
    const processes = new Map([...site.processes, ['load', load.pid ?? 0] as const]);
    const before = usagesOf(processes);
    const ended = await run({ prefix: 'full', count: counts.full });
    const cpu = cpuSince(processes, before);
    const rss = usageOf(processes.get('reconciler') ?? 0).rssMebibytes;
    load.kill();
    await site.stopReconciler();
    const limit = await replay(site);
    const { steady, full } = await findings(site.auditLog);
    return {
      applicationsPerMinute: full.perMinute,
      bareLoopPerMinute: limit.perMinute,
      shareOfBareLoop: Math.round((full.perMinute / limit.perMinute) * 100) / 100,
      ...ended,
      cpuMillisecondsPerApplication: Object.fromEntries(
        [...cpu].map(([name, milliseconds]) => [name, rounded(milliseconds / counts.full)]),
      ),
      reconcilerRssMebibytes: rss,
      requestsPerApplication: rounded(full.requestsPerApplication),
      eventsPerApplication: rounded(full.eventsPerApplication),
      missingEvents: full.missingEvents,
      requestsByKind: full.requestsByKind,
      bareLoopRequestsPerApplication: limit.requestsPerApplication,
      bareLoopCpuMillisecondsPerRequest: Math.round(limit.cpuMillisecondsPerRequest * 100) / 100,
      atSixHundredAMinute: {
        createdToDriverMilliseconds: distribution(steady.submissionMilliseconds),
        podToStatusMilliseconds: distribution(steady.statusLagMilliseconds),
      },
      atFullRate: {
        createdToDriverMilliseconds: distribution(full.submissionMilliseconds),
        podToStatusMilliseconds: distribution(full.statusLagMilliseconds),
      },
    };
  } finally {
    load.kill();
    await site.close();
  }
}

async function replay({ kubeconfig, auditLog }: OperatorSite) {
  const child = forkProcess('replay-process', kubeconfig);
  const question = { auditLog, namespace: replayNamespace, count: counts.replayed, concurrency: replayConcurrency };
  try {
    return await ask(child, question, replayResults);
  } finally {
    child.kill();
  }
}

/** By run; one follows the other. */
async function findings(auditLog: string): Promise<{ steady: Findings; full: Findings }> {
  const warmUp = new Findings('warm-up');
  const [steady, full] = [new Findings('steady'), new Findings('full')];
  let current = warmUp;
  for await (const entry of readAuditLog(auditLog)) {
    current = [steady, full].find((run) => run.isBegunBy(entry)) ?? current;
    current.take(entry, userAgent);
  }
  return { steady, full };
}

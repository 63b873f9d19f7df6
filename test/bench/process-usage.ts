/** What other processes of this machine have used so far, from Linux's /proc. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all threads, since the start of the process. */
  readonly cpuMilliseconds: number;
  readonly rssMebibytes: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export function usageOf(pid: number): ProcessUsage {
  // The name in parentheses may hold blanks; the fields behind it are numbered from 3 (proc_pid_stat).
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuMilliseconds: ((user + system) / ticksPerSecond) * 1_000,
    rssMebibytes: Math.round(Number(kibibytes) / 1024),
  };
}

/** CPU by name of the process, since `before`. */
export function cpuSince(
  pids: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, ProcessUsage>,
): ReadonlyMap<string, number> {
  return new Map(
    [...pids].map(([name, pid]) => [name, usageOf(pid).cpuMilliseconds - (before.get(name)?.cpuMilliseconds ?? 0)]),
  );
}

export function usagesOf(pids: ReadonlyMap<string, number>): ReadonlyMap<string, ProcessUsage> {
  return new Map([...pids].map(([name, pid]) => [name, usageOf(pid)]));
}

/** Of a stack trace the message of an application has what was thrown, and why; its frames would push everything else out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutStackFrames } from '../../../reconciler/stack-trace.js';

describe('a stack trace', () => {
  it('is told without its frames, but with every cause', () => {
    const trace = [
      '26/11/23 01:39:11 ERROR Main: it broke',
      'org.apache.spark.SparkUserAppException: User application exited with 137',
      '\tat org.apache.spark.deploy.SparkSubmit.org$apache$spark$deploy$SparkSubmit$$runMain(SparkSubmit.scala:1030)',
      '\tat app//io.netty.channel.nio.NioIoHandler.run(NioIoHandler.java:484) ~[netty.jar:?]',
      '\tat java.base@17.0.19/java.lang.Thread.run(Thread.java:840)',
      'Caused by: java.io.IOException: no space left',
      '\t... 12 more',
    ];
    assert.equal(withoutStackFrames(trace.join('\n')), [trace[0], trace[1], trace[5]].join('\n'));
  });

  it('of Python stays: its last line is not the first', () => {
    const trace = 'Traceback (most recent call last):\n  File "/opt/jobs/a.py", line 3, in <module>\nKeyError: 1';
    assert.equal(withoutStackFrames(trace), trace);
  });

  it('does not take text that is laid out for one', () => {
    const text = 'tables:\n  at least one is missing\n  ... and more';
    assert.equal(withoutStackFrames(text), text);
  });
});

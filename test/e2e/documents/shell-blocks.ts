/**
 * The commands of a document: its fenced blocks of kind `console`, whose lines with `$ ` are typed and whose other lines are
 * what comes of it. A comment before a block says where it is run, or why not: `<!-- run by npm run test:install -->`,
 * `<!-- not run: it needs two clusters -->`.
 */
import { readFileSync } from 'node:fs';

export interface ShellBlock {
  /** `README.md:10`. */
  readonly place: string;
  /** In order; a command over several lines is one. */
  readonly commands: readonly string[];
  /** Undefined: it is run on an API server without nodes. */
  readonly instead: string | undefined;
}

const fence = /^( *)```(\w*)$/;
const shellKinds = new Set(['console', 'sh', 'shell', 'bash']);

export function shellBlocks(root: string, document: string): readonly ShellBlock[] {
  const lines = readFileSync(`${root}/${document}`, 'utf8').split('\n');
  const blocks: ShellBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', kind = ''] = fence.exec(lines[at] ?? '') ?? [];
    if (kind === '' && !lines[at]?.endsWith('```')) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === '```');
    if (shellKinds.has(kind)) {
      const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
      const place = `${document}:${at + 1}`;
      blocks.push({ place, commands: commandsOf(text), instead: commentBefore(lines, at) });
    }
    at = end;
  }
  return blocks;
}

function commandsOf(lines: readonly string[]): string[] {
  const commands: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    if (line.startsWith('$ ')) commands.push(line.slice(2));
    else if (isOpen) commands.push(`${commands.pop()}\n${line}`);
    isOpen = line.endsWith('\\') && (isOpen || line.startsWith('$ '));
  }
  return commands;
}

function commentBefore(lines: readonly string[], at: number): string | undefined {
  const before = lines.slice(0, at).findLast((line) => line.trim() !== '');
  return /^<!-- (.*) -->$/.exec(before?.trim() ?? '')?.[1];
}

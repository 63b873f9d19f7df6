/** The transitions as docs/architecture.md shows them: its table, and its diagram with the boxes opened up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../e2e/operator-process.js';

/** One row of the table, cell by cell. */
export type DocumentedRow = readonly string[];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

function statesSection(): string {
  const [, section = ''] =
    /^## States$([\s\S]*?)^## /m.exec(readFileSync(join(projectRoot, 'docs/architecture.md'), 'utf8')) ?? [];
  return section;
}

export function documentedRows(): readonly DocumentedRow[] {
  return statesSection()
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** `NAME: FROM > TO` of each arrow and each name on it, for every state in the box that the arrow leaves. */
export function documentedArrows(): readonly string[] {
  const [, diagram = ''] = /^```mermaid\nstateDiagram-v2\n([\s\S]*?)^```$/m.exec(statesSection()) ?? [];
  const { edges, boxes } = readDiagram(diagram.split('\n'));
  return edges.flatMap(({ from, to, label }) =>
    (boxes.get(from) ?? [from]).flatMap((state) =>
      label.split(' / ').map((name) => arrow(name, state === '[*]' ? '' : state, to === '[*]' ? 'deleted' : to)),
    ),
  );
}

export function arrow(name: string, from: string, to: string): string {
  return `${name}: ${from || '(new)'} > ${to}`;
}

/** What of Mermaid's stateDiagram-v2 the diagram uses: boxes in boxes, states, arrows with labels. */
function readDiagram(lines: readonly string[]): { edges: Edge[]; boxes: Map<string, readonly string[]> } {
  const edges: Edge[] = [];
  const members = new Map<string, Set<string>>();
  const open: string[] = [];
  const place = (state: string) => {
    const isPlaced = members.has(state) || [...members.values()].some((box) => box.has(state));
    if (state === '[*]' || isPlaced) return;
    for (const box of open) members.get(box)?.add(state);
  };
  for (const line of lines.map((text) => text.trim()).filter((text) => text !== '')) {
    const [, box] = /^state (\w+) \{$/.exec(line) ?? [];
    const [, from = '', to = '', label = ''] = /^(\S+) --> (\S+): (.+)$/.exec(line) ?? [];
    if (box !== undefined) {
      members.set(box, new Set());
      open.push(box);
    } else if (line === '}') open.pop();
    else if (from !== '') {
      edges.push({ from, to, label });
      for (const state of [from, to]) place(state);
    } else if (/^\w+$/.test(line)) place(line);
    else throw new Error(`the diagram has a line that is not understood: ${line}`);
  }
  return { edges, boxes: new Map([...members].map(([box, states]) => [box, [...states]])) };
}

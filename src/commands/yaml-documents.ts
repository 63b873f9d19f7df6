/** The documents of a YAML or JSON text as kubectl reads them, and the lines on which their fields stand. */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import { isNestedTooDeeply } from '../api/json-limits.js';
import { FiresteelError, messageOf } from '../errors.js';
import { kubectlYaml } from './kubectl-yaml.js';

export interface YamlDocument {
  readonly object: unknown;
  /** `file:line` of a field, or of what would hold it. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** What makes a text unreadable, and where. */
interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** @throws {FiresteelError} FILE_UNREADABLE with file and line */
export function readYaml(file: string, text: string): YamlDocument[] {
  const lines = new LineCounter();
  const placeAt = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const refuse = (fault: Fault | undefined) => {
    if (fault !== undefined) throw new FiresteelError('FILE_UNREADABLE', `${placeAt(fault.offset)}: ${fault.message}`);
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  refuse(depthFault(tokens));
  const documents = [...new Composer(kubectlYaml).compose(tokens)];
  return documents.map((document) => {
    const [error] = document.errors;
    refuse(error && { offset: error.pos[0], message: error.message.split('\n')[0] ?? '' });
    refuse(nodeFault(document));
    const placeOf = (path: readonly PropertyKey[]) => placeAt(offsetOf(document, path));
    return { object: toObject(document, placeOf([])), placeOf };
  });
}

/** The composer is recursive; a parser's tokens are not. */
const maximumDepth = 500;
const tooDeep = 'nested too deeply';

function depthFault(tokens: readonly CST.Token[]): Fault | undefined {
  const rest = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { token, depth } = next;
    if (depth > maximumDepth) return { offset: token.offset, message: tooDeep };
    for (const inner of insideOf(token)) rest.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function insideOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}

/** What the library would leave to the conversion, where its line is lost, or would only warn of. */
function nodeFault(document: Document.Parsed): Fault | undefined {
  const anchors = new Set<string>();
  let fault: Fault | undefined;
  const found = (node: Node, message: string) => {
    fault = { offset: node.range?.[0] ?? 0, message };
    return visit.BREAK;
  };
  visit(document, {
    Node: (_, node, ancestors) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
        return undefined;
      }
      if (!anchors.has(node.source))
        return found(node, `Unresolved alias: there is no anchor ${node.source} before it`);
      const isInside = ancestors.some((ancestor) => isCollection(ancestor) && ancestor.anchor === node.source);
      return isInside ? found(node, `the alias ${node.source} stands inside of what it stands for`) : undefined;
    },
    Pair: (_, { key }) => {
      const resolved = isAlias(key) ? key.resolve(document) : key;
      const isText = isScalar(resolved) && resolved.value !== null;
      return isText || !isNode(key) ? undefined : found(key, 'a key must be a text, a number or a boolean');
    },
  });
  return fault;
}

/** Where the innermost part of a path stands that the document has. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : document.range[0];
  for (const segment of path) {
    const { key, value } = memberOf(node, segment);
    const found = isNode(key) ? key : value;
    if (!isNode(found)) break;
    offset = found.range?.[0] ?? offset;
    node = isAlias(value) ? value.resolve(document) : value;
  }
  return offset;
}

function memberOf(node: unknown, segment: PropertyKey): { key?: unknown; value?: unknown } {
  if (isSeq(node)) return { value: typeof segment === 'number' ? node.items[segment] : undefined };
  if (!isMap(node)) return {};
  // A key that is a number or a boolean becomes its text.
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment)) ?? {};
}

/** Aliases are resolved here, and may multiply without end. */
function toObject(document: Document.Parsed, place: string): unknown {
  const object = converted(document, place);
  if (isNestedTooDeeply(object, maximumDepth)) throw new FiresteelError('FILE_UNREADABLE', `${place}: ${tooDeep}`);
  return object;
}

function converted(document: Document.Parsed, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `${place}: ${messageOf(cause)}`, { cause });
  }
}

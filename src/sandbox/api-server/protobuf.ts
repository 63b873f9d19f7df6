/**
 * The little protobuf that `kubectl create configmap` and its like send: a table of kinds with the field numbers of Kubernetes
 * (k8s.io/api, generated.proto). What is not in the table is refused, never left out in silence.
 */
import { type JsonObject, setOwn } from '../../pod/json.js';
import { at, members, text } from './objects.js';
import { Refusal } from './refusal.js';

type Field = readonly [name: string, read: (value: Buffer) => unknown, form?: 'map'];

const string = (value: Buffer) => value.toString();
const base64 = (value: Buffer) => value.toString('base64');
const flag = (value: Buffer) => value[0] === 1;
/** What the server sets by itself. */
const nothing = () => undefined;
const named = (...names: string[]) => names.map((name): Field => [name, string]);
// biome-ignore format: one line
const map = (name: string, read: Field[1] = string): Field => [name, message({ 1: ['key', string], 2: ['value', read] }), 'map'];

const texts = ['', 'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion'];
const counted: Record<number, Field> = { 7: ['generation', nothing], 8: ['creationTimestamp', nothing] };
const metadata: Field = [
  'metadata',
  message({ ...named(...texts), ...counted, 11: map('labels'), 12: map('annotations') }),
];
// biome-ignore format: a table
const kinds: Readonly<Record<string, (value: Buffer) => JsonObject>> = {
  ConfigMap: message({ 1: metadata, 2: map('data'), 3: map('binaryData', base64), 4: ['immutable', flag] }),
  Secret: message({ 1: metadata, 2: map('data', base64), 3: ['type', string], 4: map('stringData'), 5: ['immutable', flag] }),
  Namespace: message({ 1: metadata, 2: ['spec', message({})], 3: ['status', message(named('', 'phase'))] }),
  ServiceAccount: message({ 1: metadata }),
};
const typeMeta = message(named('', 'apiVersion', 'kind'));
const empty = Buffer.alloc(0);

/** @param body four magic bytes and a `runtime.Unknown` of apimachinery; @throws {Refusal} 400, 415 */
export function readProtobuf(body: Buffer): JsonObject {
  try {
    const parts = new Map(fieldsOf(body.subarray(4)));
    const type = typeMeta(parts.get(1) ?? empty);
    const kind = text(type['kind']);
    const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (read === undefined) throw unread(kind);
    return { ...type, ...read(parts.get(2) ?? empty) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, `the object provided is unrecognized: ${body.length} bytes that are no such protobuf`);
  }
}

function message(fields: Readonly<Record<number, Field>>): (value: Buffer) => JsonObject {
  return (bytes) => {
    const object: JsonObject = {};
    for (const [number, value] of fieldsOf(bytes)) {
      const [name, read, form] = fields[number] ?? [];
      if (name === undefined || read === undefined) throw unread(`field ${number} of a message`);
      const member = read(value);
      if (form === 'map') {
        object[name] ??= {};
        setOwn(members(object[name]), text(at(member, 'key')), text(at(member, 'value')));
      } else if (member !== undefined && member !== '') object[name] = member; // '' is what Go sends of an unset string
    }
    return object;
  };
}

function* fieldsOf(bytes: Buffer): Generator<[number: number, value: Buffer]> {
  let position = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(position++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (position < bytes.length) {
    const key = varint();
    const start = position;
    const length = varint();
    const isNumber = (key & 7) === 0;
    if (!isNumber && ((key & 7) !== 2 || position + length > bytes.length)) throw new RangeError('cut off');
    yield [key >>> 3, isNumber ? bytes.subarray(start, position) : bytes.subarray(position, position + length)];
    if (!isNumber) position += length;
  }
}

function unread(what: string): Refusal {
  const instead = 'kubectl create … --dry-run=client -o yaml | kubectl create -f -';
  return new Refusal(415, `the sandbox reads no protobuf of ${what}; use ${instead}`);
}

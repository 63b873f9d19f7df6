/** The few ASN.1 types that certificates are made of, as node-forge's nodes. Bytes travel as latin1 strings, as forge has them. */
import forge from 'node-forge';

const { asn1 } = forge;
type Node = forge.asn1.Asn1;
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;

export const sequence = (...nodes: Node[]): Node => asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, nodes);
export const set = (...nodes: Node[]): Node => asn1.create(UNIVERSAL, asn1.Type.SET, true, nodes);
export const integer = (bytes: string): Node => asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, bytes);
export const octets = (bytes: string): Node => asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, bytes);
export const nothing = (): Node => asn1.create(UNIVERSAL, asn1.Type.NULL, false, '');
export const utf8 = (text: string): Node =>
  asn1.create(UNIVERSAL, asn1.Type.UTF8, false, Buffer.from(text).toString('latin1'));
export const boolean = (value: boolean): Node =>
  asn1.create(UNIVERSAL, asn1.Type.BOOLEAN, false, value ? '\xff' : '\x00');
export const objectId = (id: string): Node =>
  asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(id).getBytes());
/** @param unused how many of the last bits do not count */
export const bitString = (bytes: string, unused: number): Node =>
  asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, String.fromCharCode(unused) + bytes);
/** An implicitly tagged text or byte string. */
export const tagged = (tag: number, bytes: string): Node => asn1.create(CONTEXT_SPECIFIC, tag, false, bytes);
export const explicit = (tag: number, node: Node): Node => asn1.create(CONTEXT_SPECIFIC, tag, true, [node]);

const firstGeneralizedTime = Date.UTC(2050, 0, 1);

/** RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
export function time(milliseconds: number): Node {
  const date = new Date(milliseconds);
  return milliseconds < firstGeneralizedTime
    ? asn1.create(UNIVERSAL, asn1.Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(UNIVERSAL, asn1.Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));
}

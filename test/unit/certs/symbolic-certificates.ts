/** Certificates of a few words in place of real ones: made in no time, and read by the eye when a simulation fails. */
import type { Anchor, Bundle } from '../../../certs/anchor.js';
import type { Authority } from '../../../certs/authority.js';
import type { Certifier } from '../../../certs/authority-source.js';
import { FiresteelError } from '../../../src/errors.js';

const shape = /^ca (\d+) from (-?\d+) to (-?\d+)\n$/;

/** @param number of the authority, which no other has */
function symbolicAuthority(number: number, issuedAt: number, notAfter: number): Authority {
  const certificate = `ca ${number} from ${issuedAt} to ${notAfter}\n`;
  return { certificate, privateKey: `key ${number}\n`, anchor: readSymbolicAnchor(certificate) };
}

export function readSymbolicAnchor(pem: string): Anchor {
  const [, number = '', issuedAt, notAfter] = shape.exec(pem) ?? [];
  return { id: `ca ${number}`, pem, issuedAt: Number(issuedAt), notAfter: Number(notAfter), isOurs: true };
}

export function readSymbolicBundle(text: string): Bundle {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== '');
  const anchors = lines.filter((line) => shape.test(line)).map(readSymbolicAnchor);
  const distinct = [...new Map(anchors.map((anchor) => [anchor.id, anchor])).values()];
  return { anchors: distinct, isUntidy: distinct.length !== lines.length };
}

/** @param nextNumber called for each authority */
export function symbolicCertifier(nextNumber: () => number): Certifier {
  return {
    createAuthority: async ({ now, lifetime }) =>
      symbolicAuthority(nextNumber(), Math.floor(now), Math.floor(now + lifetime)),
    issueLeaf: async ({ anchor }, { now, lifetime }) => ({
      certificate: `leaf of ${anchor.id} from ${now}`,
      privateKey: '',
      anchor,
      issuedAt: now,
      notAfter: Math.min(now + lifetime, anchor.notAfter),
    }),
    readAuthority: (pair, source, now) => {
      const anchor = readSymbolicAnchor(pair.certificate);
      const isSound = shape.test(pair.certificate) && pair.privateKey === `key ${anchor.id.slice(3)}\n`;
      if (!isSound || anchor.notAfter <= now) throw new FiresteelError('CERTIFICATE_INVALID', `${source}: damaged`);
      return { ...pair, anchor };
    },
  };
}

/** What `kubectl describe` tells of certificates: events on the Secret of the authority, or on our pod. An event is a row. */
import type { Clock } from '../src/clock.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { EventRecorder } from '../src/kube/event-recorder.js';
import type { Logger } from '../src/log.js';

const table = {
  CertificateAuthorityCreated: ['Normal', 'created the certificate authority of the webhook'],
  CertificateAuthorityRotating: [
    'Normal',
    'prepared the next certificate authority; it is made known before it is used',
  ],
  CertificateAuthorityRotated: [
    'Normal',
    'the next certificate authority is in use; the old one stays known for a while',
  ],
  CertificateAuthorityReplaced: ['Warning', 'replaced a certificate authority that was of no use'],
  CertificateAuthorityInvalid: ['Warning', 'the certificate authority can not be used'],
  ServingCertificateInvalid: ['Warning', 'the certificate files of the webhook can not be used'],
} as const;

export type CertificateEvent = keyof typeof table;

export interface CertificateEvents {
  /** @param uid of the object; empty where it is not known */
  record(uid: string, event: CertificateEvent, detail?: string): void;
}

export interface EventObject {
  readonly kind: 'Secret' | 'Pod';
  readonly namespace: string;
  readonly name: string;
}

/** Sends them in the background; `flush` waits for those on their way. */
export class ObjectEvents implements CertificateEvents {
  readonly #recorder: EventRecorder;

  constructor(
    private readonly object: EventObject,
    options: { client: ApiClient; clock: Clock; random: () => number; logger: Logger },
  ) {
    this.#recorder = new EventRecorder({ ...options, component: 'firesteel-webhook' });
  }

  record(uid: string, event: CertificateEvent, detail?: string): void {
    const [type, text] = table[event];
    const message = detail === undefined ? text : `${text}: ${detail}`;
    this.#recorder.record({ object: { apiVersion: 'v1', ...this.object, uid }, type, reason: event, message });
  }

  flush(): Promise<void> {
    return this.#recorder.flush();
  }
}

/** Events that are only written down. */
import type { CertificateEvent, CertificateEvents } from '../../../certs/certificate-events.js';

export class RecordedEvents implements CertificateEvents {
  readonly all: { readonly event: CertificateEvent; readonly detail: string }[] = [];

  record(_uid: string, event: CertificateEvent, detail = ''): void {
    this.all.push({ event, detail });
  }
}

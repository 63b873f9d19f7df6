/**
 * Certificates from files that somebody else renews: cert-manager, or whoever writes the mounted Secret. They are read again
 * every 10 s, because mounts change by renamed links, which file system events miss. What is no good is told, and what is
 * served stays.
 */
import { readFile } from 'node:fs/promises';
import { FiresteelError, messageOf } from '../src/errors.js';
import type { Logger } from '../src/log.js';
import type { CertificateEvents } from './certificate-events.js';
import type { CertificateMetrics } from './certificate-metrics.js';
import type { CertificateSource, SourcePlan, SourceView } from './certificate-source.js';
import { checkFiles } from './file-faults.js';
import { isTrusted } from './trust.js';

export interface FileSourceOptions {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Undefined: the bundles are written by somebody else, such as cert-manager's cainjector. */
  readonly authorityFile: string | undefined;
  /** The name that API servers ask for. */
  readonly requiredName: string;
  /** Milliseconds for which every registration must have had a new authority before it is relied on. */
  readonly overlap: number;
  readonly events: CertificateEvents;
  readonly metrics: CertificateMetrics;
  readonly logger: Logger;
}

export class FileSource implements CertificateSource {
  readonly interval = 10_000;
  /** How long others may go on serving what the files held before: as long as mounts are late. */
  readonly retention = 10 * 60_000;
  /** Mounts of different nodes change at different times. */
  readonly keepsStrangers = true;
  readonly #options: FileSourceOptions;
  #toldFault: string | undefined;

  constructor(options: FileSourceOptions) {
    this.#options = options;
  }

  async look({ serving, trust, now }: SourceView): Promise<SourcePlan> {
    const { requiredName, overlap, authorityFile, metrics } = this.#options;
    const isManaged = authorityFile !== undefined;
    try {
      const { leaf, anchors } = checkFiles(await this.#read(), now, requiredName);
      metrics.readFiles(true);
      this.#toldFault = undefined;
      const isNew = leaf.certificate !== serving?.certificate || leaf.privateKey !== serving.privateKey;
      const mayServe =
        serving === undefined ||
        !isManaged ||
        leaf.anchor.id === serving.anchor.id ||
        now >= serving.notAfter ||
        isTrusted(trust, leaf.anchor.id, now, overlap);
      const plan = { wanted: isManaged ? anchors : undefined };
      return isNew && mayServe ? { ...plan, leaf: { name: 'serve the files', run: async () => leaf } } : plan;
    } catch (thrown) {
      if (!(thrown instanceof FiresteelError)) throw thrown;
      metrics.readFiles(false);
      this.#tell(thrown, serving === undefined ? '' : '; the old certificate stays');
      return { wanted: isManaged && serving !== undefined ? [serving.anchor] : undefined };
    }
  }

  async #read() {
    const { certificateFile, keyFile, authorityFile } = this.#options;
    const [certificate, privateKey, authorities] = await Promise.all([
      readText(certificateFile),
      readText(keyFile),
      authorityFile === undefined ? undefined : readText(authorityFile),
    ]);
    return { certificate, privateKey, authorities };
  }

  /** Once for each fault. */
  #tell(fault: FiresteelError, consequence: string): void {
    const { events, logger } = this.#options;
    if (this.#toldFault === fault.message) return;
    this.#toldFault = fault.message;
    events.record('', 'ServingCertificateInvalid', `${fault.message}${consequence}`);
    logger.error({ code: fault.code, fault: fault.message }, `the certificate files can not be used${consequence}`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FiresteelError('CERTIFICATE_INVALID', `${path} can not be read: ${messageOf(cause)}`, { cause });
  }
}

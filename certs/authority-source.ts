/**
 * Certificates from the authority in our Secret: reads it, lets `planRotation` decide, and says how what was decided is done.
 * The key of the authority is held in memory only as long as the Secret holds it.
 */
import { isAlreadyExists, isConflict, isNotFound } from '../src/kube/api-error.js';
import type { Logger } from '../src/log.js';
import type { Authority, Leaf } from './authority.js';
import {
  createSecret,
  type ReadAuthority,
  readSecret,
  type SecretPlace,
  type StoredAuthority,
  storeCurrent,
  storeSuccessor,
} from './authority-secret.js';
import type { CertificateEvents } from './certificate-events.js';
import type { CertificateSource, SourcePlan, SourceView } from './certificate-source.js';
import {
  lookInterval,
  planRotation,
  type RotationSettings,
  retention,
  type SecretState,
  type Step,
} from './rotation.js';

/** What makes and reads certificates; the simulation puts another in its place. */
export interface Certifier {
  readonly createAuthority: (options: { now: number; lifetime: number }) => Promise<Authority>;
  readonly issueLeaf: (authority: Authority, options: { now: number; lifetime: number }) => Promise<Leaf>;
  readonly readAuthority: (...given: [...Parameters<ReadAuthority>, now: number]) => Authority;
}

export interface AuthoritySourceOptions {
  readonly place: SecretPlace;
  readonly certifier: Certifier;
  readonly settings: RotationSettings;
  readonly events: CertificateEvents;
  readonly logger: Logger;
  /** From 0 to below 1; what makes this replica renew at another moment than the others. */
  readonly chance: number;
}

export class AuthoritySource implements CertificateSource {
  readonly retention: number;
  /** All replicas read the same Secret. */
  readonly keepsStrangers = false;
  readonly interval: number;
  readonly #options: AuthoritySourceOptions;
  /** As last seen sound in the Secret. */
  #remembered: Authority | undefined;
  #toldFault: string | undefined;

  constructor(options: AuthoritySourceOptions) {
    this.#options = options;
    this.retention = retention(options.settings);
    this.interval = lookInterval(options.settings);
  }

  async look(view: SourceView): Promise<SourcePlan> {
    const { place, certifier, settings, chance } = this.#options;
    const stored = await readSecret(place, (pair, source) => certifier.readAuthority(pair, source, view.now));
    const secret = stateOf(stored);
    const plan = planRotation({ ...view, secret, remembered: this.#remembered?.anchor, chance }, settings);
    if (stored !== undefined && 'authority' in stored.current) this.#remembered = stored.current.authority;
    this.#tellFault(secret, stored?.uid);
    const authority = this.#remembered;
    return {
      wanted: plan.wanted,
      ...(plan.step === undefined ? {} : { step: this.#act(plan.step, stored, view.now) }),
      ...(plan.sign === undefined || authority === undefined
        ? {}
        : {
            leaf: {
              name: 'sign the certificate',
              run: () => certifier.issueLeaf(authority, { now: view.now, lifetime: settings.leafLifetime }),
            },
          }),
    };
  }

  #act(step: Step, stored: StoredAuthority | undefined, now: number) {
    return {
      name: `${step.kind} the authority`,
      run: async () => {
        try {
          await this.#take(step, stored, now);
        } catch (thrown) {
          // Another replica was faster; what it wrote is looked at next.
          if (isConflict(thrown) || isAlreadyExists(thrown) || isNotFound(thrown)) return;
          throw thrown;
        }
      },
    };
  }

  async #take(step: Step, stored: StoredAuthority | undefined, now: number): Promise<void> {
    const { place, certifier, settings, events, logger } = this.#options;
    const make = () => certifier.createAuthority({ now, lifetime: settings.authorityLifetime });
    if (step.kind === 'create') {
      const { uid } = await createSecret(place, await make());
      events.record(uid, 'CertificateAuthorityCreated');
      logger.info({ secret: place.name }, 'created the certificate authority');
      return;
    }
    if (stored === undefined) return;
    const { version, uid, successor } = stored;
    if (step.kind === 'introduce') {
      await storeSuccessor(place, version, await make());
      events.record(uid, 'CertificateAuthorityRotating');
      logger.info({ secret: place.name }, 'prepared the successor of the certificate authority');
    } else if (step.kind === 'promote' && successor !== undefined && 'authority' in successor) {
      await storeCurrent(place, version, successor.authority);
      events.record(uid, 'CertificateAuthorityRotated');
      logger.info({ secret: place.name }, 'the successor of the certificate authority takes over');
    } else if (step.kind === 'replace') {
      const known = this.#remembered;
      const restored = known !== undefined && known.anchor.notAfter > now;
      await storeCurrent(place, version, restored ? known : await make());
      if (stored.isEmpty && !restored) {
        events.record(uid, 'CertificateAuthorityCreated');
        logger.info({ secret: place.name }, 'created the certificate authority');
        return;
      }
      events.record(uid, 'CertificateAuthorityReplaced', `${step.fault}; ${restored ? 'restored' : 'made anew'}`);
      logger.warn({ secret: place.name, fault: step.fault, restored }, 'replaced the certificate authority');
    }
  }

  /** Of a Secret that is not ours to mend: once for each fault. */
  #tellFault(secret: SecretState, uid: string | undefined): void {
    const { events, logger } = this.#options;
    const fault = secret.kind === 'damaged' && !secret.isOurs ? secret.fault : undefined;
    if (fault === this.#toldFault) return;
    this.#toldFault = fault;
    if (fault === undefined || uid === undefined) return;
    events.record(uid, 'CertificateAuthorityInvalid', fault);
    logger.error({ code: 'CERTIFICATE_INVALID', fault }, 'the certificate authority can not be used');
  }
}

const unlabelled =
  'it is not replaced because it lacks the label app.kubernetes.io/part-of: firesteel. Repair it, or delete it to have a ' +
  'new authority created, or name another Secret';

function stateOf(stored: StoredAuthority | undefined): SecretState {
  if (stored === undefined) return { kind: 'absent' };
  const { isOurs, current, successor } = stored;
  if ('fault' in current) {
    const { message } = current.fault;
    return { kind: 'damaged', isOurs, fault: isOurs ? message : `${message}; ${unlabelled}` };
  }
  // A successor that is of no use counts as none, and another one takes its place.
  const next = successor !== undefined && 'authority' in successor ? successor.authority.anchor : undefined;
  return { kind: 'sound', isOurs, current: current.authority.anchor, successor: next };
}

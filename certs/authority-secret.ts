/**
 * The authority's place between restarts: one Secret that all replicas share. Whoever comes first creates it, everybody
 * else reads it, and the API server decides who was first, so there are never two authorities. A Secret is written over
 * only when our label says that it is ours to write.
 */
import { z } from 'zod';
import { FiresteelError, messageOf } from '../src/errors.js';
import { type ApiClient, createObject, getObject, mergePatch } from '../src/kube/api-client.js';
import { isAlreadyExists, isConflict, isNotFound } from '../src/kube/api-error.js';
import { apiVersion, secrets } from '../src/kube/resources.js';
import type { Logger } from '../src/log.js';
import { checkAuthority, createAuthority, type KeyPairPem } from './authority.js';

export interface AuthoritySecret {
  client: ApiClient;
  namespace: string;
  name: string;
  /** Milliseconds since the epoch. */
  now: number;
  logger: Logger;
}

const certificateKey = 'ca-cert.pem';
const privateKeyKey = 'ca-key.pem';
// Not managed-by: Helm writes its own name there.
const ownershipLabel = 'app.kubernetes.io/part-of';
const owner = 'firesteel';
/** How often another replica may be faster than this one, before something else must be wrong. */
const maximumRounds = 5;

const secretSchema = z.object({
  metadata: z.object({ resourceVersion: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  data: z.record(z.string(), z.string()).nullish(),
});
type Secret = z.infer<typeof secretSchema>;

/**
 * The authority in the Secret; a new one, stored there, if there is no Secret or a broken one of ours.
 * @throws {FiresteelError} CERTIFICATE_INVALID if the Secret is broken and not ours; API_REFUSED without its namespace
 * @throws {ApiError | ApiUnreachable} as the API server answered; calling again is safe
 */
export async function loadOrCreateAuthority(place: AuthoritySecret): Promise<KeyPairPem> {
  for (let round = 0; round < maximumRounds; round += 1) {
    const secret = await readSecret(place);
    const authority = secret === undefined ? await tryCreate(place) : await useOrReplace(place, secret);
    if (authority !== undefined) return authority;
  }
  throw new FiresteelError(
    'CERTIFICATE_INVALID',
    `${describe(place)} was changed by somebody else in each of ${maximumRounds} attempts to read or write it; find out who writes it`,
  );
}

async function readSecret({ client, namespace, name }: AuthoritySecret): Promise<Secret | undefined> {
  try {
    return secretSchema.parse(await getObject(client, secrets, { namespace, name }));
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    if (thrown instanceof z.ZodError) {
      throw new FiresteelError(
        'API_MALFORMED',
        `the answer for Secret ${namespace}/${name} is not a Secret: ${z.prettifyError(thrown)}`,
        {
          cause: thrown,
        },
      );
    }
    throw thrown;
  }
}

/** Undefined: another replica was faster; read again. */
async function tryCreate(place: AuthoritySecret): Promise<KeyPairPem | undefined> {
  const { client, namespace, name, now, logger } = place;
  const authority = await createAuthority({ now });
  const body = {
    apiVersion: apiVersion(secrets),
    kind: secrets.kind,
    metadata: { name, namespace, labels: { [ownershipLabel]: owner } },
    type: 'Opaque',
    data: encode(authority),
  };
  try {
    await createObject(client, secrets, namespace, body);
  } catch (thrown) {
    if (isAlreadyExists(thrown)) return undefined;
    if (isNotFound(thrown)) throw namespaceMissing(place, thrown);
    throw thrown;
  }
  logger.info({ namespace, name }, 'created the certificate authority');
  return authority;
}

/** Undefined: the Secret was changed or deleted meanwhile; read again. */
async function useOrReplace(place: AuthoritySecret, secret: Secret): Promise<KeyPairPem | undefined> {
  const { client, namespace, name, now, logger } = place;
  const stored = decode(secret);
  const fault = faultOf(stored, now, describe(place));
  if (fault === undefined) return stored;
  if (secret.metadata.labels?.[ownershipLabel] !== owner) throw notOurs(fault);

  logger.warn({ namespace, name, fault: fault.message }, 'replacing the certificate authority');
  const authority = await createAuthority({ now });
  try {
    await mergePatch(
      client,
      secrets,
      { namespace, name },
      {
        metadata: { resourceVersion: secret.metadata.resourceVersion },
        data: encode(authority),
      },
    );
  } catch (thrown) {
    if (isConflict(thrown) || isNotFound(thrown)) return undefined;
    throw thrown;
  }
  return authority;
}

function faultOf(authority: KeyPairPem, now: number, source: string): FiresteelError | undefined {
  try {
    checkAuthority(authority, now, source);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof FiresteelError) return thrown;
    throw thrown;
  }
}

function encode({ certificate, privateKey }: KeyPairPem): Record<string, string> {
  return {
    [certificateKey]: Buffer.from(certificate).toString('base64'),
    [privateKeyKey]: Buffer.from(privateKey).toString('base64'),
  };
}

/** A missing key becomes an empty PEM, which the check refuses like any other broken one. */
function decode({ data }: Secret): KeyPairPem {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString();
  return { certificate: text(certificateKey), privateKey: text(privateKeyKey) };
}

function describe({ namespace, name }: AuthoritySecret): string {
  return `Secret ${namespace}/${name} (keys ${certificateKey}, ${privateKeyKey})`;
}

function notOurs(fault: FiresteelError): FiresteelError {
  return new FiresteelError(
    fault.code,
    `${fault.message}; it is not replaced because it lacks the label ${ownershipLabel}: ${owner}. ` +
      'Repair it, or delete it to have a new authority created, or name another Secret',
    { cause: fault },
  );
}

function namespaceMissing({ namespace, name }: AuthoritySecret, cause: unknown): FiresteelError {
  return new FiresteelError(
    'API_REFUSED',
    `the namespace ${namespace}, where Secret ${name} is to hold the certificate authority, does not exist; ` +
      `create it or name another one (${messageOf(cause)})`,
    { cause },
  );
}

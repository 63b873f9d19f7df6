/**
 * The authority's place between restarts: one Secret that all replicas share. The API server decides whose write comes first,
 * by resource version, so there are never two authorities. A Secret is written only when our label says that it is ours.
 */
import { z } from 'zod';
import { FiresteelError, messageOf } from '../src/errors.js';
import { type ApiClient, createObject, getObject, mergePatch } from '../src/kube/api-client.js';
import { isNotFound } from '../src/kube/api-error.js';
import { apiVersion, secrets } from '../src/kube/resources.js';
import type { Authority } from './authority.js';
import type { KeyPairPem } from './x509.js';

export interface SecretPlace {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
}

/** What was in the Secret, as far as it is there and sound. */
export interface StoredAuthority {
  readonly version: string;
  readonly uid: string;
  readonly isOurs: boolean;
  /** Whether it was only prepared, as the chart does. */
  readonly isEmpty: boolean;
  readonly current: Reading;
  /** Undefined where none is prepared. */
  readonly successor: Reading | undefined;
}

export type Reading = { readonly authority: Authority } | { readonly fault: FiresteelError };

/** As `checkAuthority`; tests and the simulation put another in its place. */
export type ReadAuthority = (pair: KeyPairPem, source: string) => Authority;

const currentKeys = { certificate: 'ca-cert.pem', privateKey: 'ca-key.pem' };
const successorKeys = { certificate: 'next-ca-cert.pem', privateKey: 'next-ca-key.pem' };
// Not managed-by: Helm writes its own name there.
const ownershipLabel = 'app.kubernetes.io/part-of';
const owner = 'firesteel';

const secretSchema = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  data: z.record(z.string(), z.string()).nullish(),
});

/**
 * Undefined where there is no Secret.
 * @throws {ApiError | ApiUnreachable} as the API server answered
 */
export async function readSecret(place: SecretPlace, read: ReadAuthority): Promise<StoredAuthority | undefined> {
  const { client, namespace, name } = place;
  let object: unknown;
  try {
    object = await getObject(client, secrets, { namespace, name });
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
  const parsed = secretSchema.safeParse(object);
  // Without its cause: zod's may quote what it was given.
  if (!parsed.success) throw new FiresteelError('API_MALFORMED', `the answer for Secret ${namespace}/${name} is none`);
  const { metadata, data } = parsed.data;
  const reading = (keys: typeof currentKeys) => readPair(data ?? {}, keys, `Secret ${namespace}/${name}`, read);
  const hasSuccessor = Object.values(successorKeys).some((key) => data?.[key] !== undefined);
  return {
    version: metadata.resourceVersion,
    uid: metadata.uid,
    isOurs: metadata.labels?.[ownershipLabel] === owner,
    isEmpty: Object.keys(data ?? {}).length === 0,
    current: reading(currentKeys),
    successor: hasSuccessor ? reading(successorKeys) : undefined,
  };
}

/** @throws {ApiError} AlreadyExists where another replica was faster; {FiresteelError} without the namespace */
export async function createSecret(place: SecretPlace, authority: KeyPairPem): Promise<{ uid: string }> {
  const { client, namespace, name } = place;
  const body = {
    apiVersion: apiVersion(secrets),
    kind: secrets.kind,
    metadata: { name, namespace, labels: { [ownershipLabel]: owner } },
    type: 'Opaque',
    data: encode(authority, currentKeys),
  };
  try {
    const { uid } = secretSchema.parse(await createObject(client, secrets, namespace, body)).metadata;
    return { uid };
  } catch (thrown) {
    if (isNotFound(thrown)) throw namespaceMissing(place, thrown);
    throw thrown;
  }
}

/** @throws {ApiError} Conflict where the Secret is no longer the one that was read */
export async function storeCurrent(place: SecretPlace, version: string, authority: KeyPairPem): Promise<void> {
  await patch(place, version, { ...encode(authority, currentKeys), ...noSuccessor });
}

/** @throws {ApiError} as `storeCurrent` */
export async function storeSuccessor(place: SecretPlace, version: string, authority: KeyPairPem): Promise<void> {
  await patch(place, version, encode(authority, successorKeys));
}

/** A null in a merge patch removes. */
const noSuccessor = { [successorKeys.certificate]: null, [successorKeys.privateKey]: null };

async function patch(place: SecretPlace, version: string, data: Record<string, string | null>): Promise<void> {
  const { client, namespace, name } = place;
  await mergePatch(client, secrets, { namespace, name }, { metadata: { resourceVersion: version }, data });
}

/** A missing key becomes an empty PEM, which the check refuses like any other broken one. */
function readPair(
  data: Readonly<Record<string, string>>,
  keys: typeof currentKeys,
  place: string,
  read: ReadAuthority,
): Reading {
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  const pair = { certificate: text(keys.certificate), privateKey: text(keys.privateKey) };
  try {
    return { authority: read(pair, `${place} (keys ${keys.certificate}, ${keys.privateKey})`) };
  } catch (thrown) {
    if (thrown instanceof FiresteelError) return { fault: thrown };
    throw thrown;
  }
}

function encode({ certificate, privateKey }: KeyPairPem, keys: typeof currentKeys): Record<string, string> {
  return {
    [keys.certificate]: Buffer.from(certificate).toString('base64'),
    [keys.privateKey]: Buffer.from(privateKey).toString('base64'),
  };
}

function namespaceMissing({ namespace, name }: SecretPlace, cause: unknown): FiresteelError {
  return new FiresteelError(
    'API_REFUSED',
    `the namespace ${namespace}, where Secret ${name} is to hold the certificate authority, does not exist; ` +
      `create it or name another one (${messageOf(cause)})`,
    { cause },
  );
}

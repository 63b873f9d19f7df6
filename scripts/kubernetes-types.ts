/**
 * `npm run kubernetes-types`: writes the module of Kubernetes' types, from the OpenAPI of the API server that KUBECONFIG
 * names.
 */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { connect } from '../src/kube/connection.js';
import { HttpApiClient } from '../src/kube/http-api-client.js';
import { kubernetesSchemas, openApiDocument } from './kubernetes-schemas.js';

const target = new URL('../../src/api/kubernetes-types.ts', import.meta.url);
const paths = ['/openapi/v3/api/v1', '/openapi/v3/apis/networking.k8s.io/v1'];

const client = new HttpApiClient(await connect({}, process.env));
const { gitVersion } = z
  .looseObject({ gitVersion: z.string() })
  .parse(await client.request({ method: 'GET', path: '/version' }));
const documents = await Promise.all(
  paths.map(async (path) => openApiDocument.parse(await client.request({ method: 'GET', path }))),
);
await client.close();
writeFileSync(target, kubernetesSchemas(documents, gitVersion));

/** How the Kubeflow operator in a cluster is set, and which of that means something else here. Pure. */
import { z } from 'zod';
import { peerFlagReason } from './peer-flags.js';

const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(z.looseObject({ name: z.string(), args: z.array(z.string()).nullish() })),
      }),
    }),
  }),
});

/** Of one Deployment: each flag that has no place here, with the reason. */
export function settingsOf(object: unknown): readonly string[] {
  const { metadata, spec } = deployment.parse(object);
  return spec.template.spec.containers.flatMap(({ args }) =>
    (args ?? []).flatMap((argument) => {
      const [, name = ''] = /^--([^=]+)/.exec(argument) ?? [];
      const reason = peerFlagReason(name);
      return reason === undefined ? [] : [`Deployment ${metadata.namespace}/${metadata.name}: ${argument}: ${reason}`];
    }),
  );
}

/** Which Spark release an application runs, as far as its manifest tells. */
interface VersionFields {
  sparkVersion?: string | undefined;
  image?: string | undefined;
  driver?: { image?: string | undefined } | undefined;
}

/** `sparkVersion`, else the first `x.y.z` in the tag of the driver's image; undefined where neither says. */
export function sparkVersionText(spec: VersionFields): string | undefined {
  if (spec.sparkVersion !== undefined) return spec.sparkVersion;
  const image = (spec.driver?.image ?? spec.image ?? '').split('@')[0] ?? '';
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? '';
  return /(?<![\d.])\d+\.\d+\.\d+(?![\d.])/.exec(tag)?.[0];
}

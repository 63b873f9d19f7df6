/** Which Spark release an application runs, as far as its manifest or its image tells. */
interface VersionFields {
  sparkVersion?: string | undefined;
  image?: string | undefined;
  driver?: { image?: string | undefined } | undefined;
}

/** `sparkVersion`, else what the tag of the driver's image says; undefined where neither does. */
export function sparkVersionText(spec: VersionFields): string | undefined {
  return spec.sparkVersion || versionInTag(spec.driver?.image || spec.image || '');
}

/** The first `x.y.z` in the tag, such as `4.1.4` of `registry:5000/spark:v4.1.4-java17@sha256:…`. */
function versionInTag(image: string): string | undefined {
  const [name = ''] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? '';
  return /(?<![\d.])\d+\.\d+\.\d+(?![\d.])/.exec(tag)?.[0];
}

/** An image whose tag holds such a version, for RE2, which knows no look-around. */
export const versionInTagPattern = '^[^@]*:([^:/@]*[^0-9.:/@])?[0-9]+[.][0-9]+[.][0-9]+([^0-9.:/@][^:/@]*)?(@.*)?$';

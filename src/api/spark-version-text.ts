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

/** Releases that there are; any other number in a tag is of something else, such as Java or the job. */
const release = '[34][.][0-9]{1,2}[.][0-9]{1,3}';
const notOfNumber = '[^0-9.:/@]';

/** The first release in the tag, such as `4.1.4` of `registry:5000/spark:v4.1.4-java17@sha256:…`. */
function versionInTag(image: string): string | undefined {
  return new RegExp(`^[^@]*:(?:[^:/@]*?${notOfNumber})?(${release})(?:${notOfNumber}[^:/@]*)?(?:@|$)`).exec(image)?.[1];
}

/** An image whose tag holds a release, for RE2. */
export const versionInTagPattern = `^[^@]*:([^:/@]*${notOfNumber})?${release}(${notOfNumber}[^:/@]*)?(@|$)`;

/**
 * The errors of Firesteel. Each has a code of this table, which docs/operations.md lists and a test keeps complete; the
 * message says what was wrong, where, and what to do.
 */
export const errorCodes = {
  USAGE: 'The command line was not understood; nothing was done.',
  FILE_UNREADABLE: 'A file named on the command line or in the configuration could not be read or parsed.',
  PORT_UNAVAILABLE: 'A server could not listen on its port, most often because another program has it.',
  KUBECONFIG_INVALID: 'The kubeconfig, or the service account in the pod, does not say how to reach the API server.',
  API_UNREACHABLE: 'No answer came from the API server; whether it carried the request out is unknown.',
  API_REFUSED: 'The API server answered with an error; the message is its own.',
  API_MALFORMED: 'The API server, or something in front of it, answered with what is not a Kubernetes object.',
  NOT_LEADING: 'Another process may hold the lease by now, so nothing was written; its holder does the work.',
  NAMESPACE_LET_GO: 'The namespace lost the label by which it was selected, so nothing was written to it.',
  APPLICATION_INVALID: 'A SparkApplication breaks a rule; the message has the path of each field.',
  SUBMISSION_REFUSED: 'The Spark configuration can not be submitted, for the reason that spark-submit would give.',
  ANNOTATION_INVALID: 'An annotation of a tagged pod is malformed or unknown; the pod is denied.',
  MUTATION_CONFLICT: 'Annotations of a tagged pod contradict each other or the pod; the pod is denied.',
  REVIEW_INVALID: 'The webhook was sent something that is not an AdmissionReview of a pod.',
  CERTIFICATE_INVALID:
    'The authority or the certificate of the webhook is damaged, expired, for another name or does not fit its key.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Base of every error that Firesteel raises on purpose. */
export class FiresteelError extends Error {
  override readonly name: string = 'FiresteelError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a caught value says of itself: the message of an error and of its causes, on one line. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.message || thrown.name;
  const cause = thrown.cause === undefined ? '' : messageOf(thrown.cause);
  return cause === '' || own.includes(cause) ? own : `${own}: ${cause}`;
}

/** The placeholders that Spark substitutes in values of the driver pod. */

/** `{{APP_ID}}`, and `{{EXECUTOR_ID}}`, which a driver has none of. */
export function withApplicationId(text: string, applicationId: string): string {
  return text.replaceAll('{{APP_ID}}', applicationId).replaceAll('{{EXECUTOR_ID}}', '');
}

export function withSparkVersion(text: string, version: string): string {
  return text.replaceAll('{{SPARK_VERSION}}', version);
}

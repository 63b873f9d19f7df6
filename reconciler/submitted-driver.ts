/** What tells a driver that spark-submit made in a pod: its tags travel as properties, and give it its owner through the webhook. */
import { annotationPrefix } from '../src/api/labels.js';
import {
  type SparkApplication,
  sparkApplicationApiVersion,
  sparkApplicationKind,
} from '../src/api/spark-application.js';
import { escapePlaceholders, tagsOf } from '../src/pod/tags.js';

/** The annotations of the driver as spark-submit writes them. */
export function driverTags(application: SparkApplication): ReadonlyMap<string, string> {
  const owner = {
    apiVersion: sparkApplicationApiVersion,
    kind: sparkApplicationKind,
    name: application.name,
    uid: application.uid,
    controller: true,
  };
  const tags = [
    ...tagsOf(application, 'driver'),
    [`${annotationPrefix}owner-references`, JSON.stringify([owner])] as const,
  ];
  return new Map(tags.map(([key, value]) => [key, escapePlaceholders(value)]));
}

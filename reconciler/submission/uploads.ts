/**
 * Files of the submitting machine, which Spark copies to `spark.kubernetes.file.upload.path` for the driver to fetch
 * (`KubernetesUtils.uploadFileUri`). Here that is a folder which both can reach; other file systems need a JVM.
 */
import { isAbsolute, join } from 'node:path/posix';
import { type SubmissionIds, uploadDirectoryId } from './ids.js';
import { refused } from './refusal.js';
import { fileNameOf, isGlob, withoutSecrets } from './resource-uri.js';
import { submitterPath } from './submitter-files.js';

export interface Upload {
  /** Path on the submitting machine. */
  readonly from: string;
  /** Path to copy it to; its folder does not exist yet. */
  readonly to: string;
}

export const uploadPathKey = 'spark.kubernetes.file.upload.path';

/** Collects what has to be copied, while the lists that name it are read. */
export class UploadPlan {
  readonly uploads: Upload[] = [];

  /** @param workingDirectory of the submitter; undefined where it has no files */
  constructor(
    private readonly uploadPath: string | undefined,
    private readonly workingDirectory: string | undefined,
    private readonly ids: SubmissionIds,
  ) {}

  /**
   * The URI under which the driver will find the file.
   * @param where the key or option that names it
   * @throws {FiresteelError} SUBMISSION_REFUSED
   */
  add(uri: string, where: string): string {
    const [location = '', fragment] = uri.split('#');
    const path = /^local:/.test(location) ? undefined : submitterPath(location);
    if (path === undefined || this.workingDirectory === undefined || this.uploadPath === undefined) {
      const remedy =
        this.workingDirectory === undefined ? 'an operator has no such files' : `please specify ${uploadPathKey}`;
      throw refused(
        `${where}: '${withoutSecrets(uri)}' is a file of the submitting machine; ${remedy}, ` +
          'or use local:// for a file in the image, or http(s)://, s3a:// …',
      );
    }
    if (!this.uploadPath.startsWith('file:/')) {
      throw refused(
        `${uploadPathKey}=${this.uploadPath}: only a JVM can upload to it; use file:///FOLDER, or local:// URIs`,
      );
    }
    if (isGlob(path)) throw refused(`${where}: '${withoutSecrets(uri)}' is a pattern of local files; list the files`);
    const target = `${this.uploadPath}/spark-upload-${uploadDirectoryId(this.ids, this.uploads.length)}/${fileNameOf(path)}`;
    const from = isAbsolute(path) ? path : join(this.workingDirectory, path);
    this.uploads.push({ from, to: submitterPath(target) ?? target });
    // Java's URIs lose an empty authority when they get a fragment.
    return fragment === undefined ? target : `${target.replace(/^file:\/\/\//, 'file:/')}#${fragment}`;
  }
}

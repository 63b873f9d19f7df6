/** What TLS to an API server needs to know of a connection, whoever makes it. */
import type { Connection } from './connection.js';

export function tlsOptions(connection: Connection) {
  return {
    ca: connection.ca,
    cert: connection.clientCertificate,
    key: connection.clientKey,
    ...(connection.serverName === undefined ? {} : { servername: connection.serverName }),
    rejectUnauthorized: connection.insecureSkipTlsVerify !== true,
    minVersion: 'TLSv1.2' as const,
  };
}

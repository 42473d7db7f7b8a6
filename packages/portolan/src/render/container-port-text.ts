import type { ContainerPort } from '@portolan/monitor';

/** A container's port as people write it, `172.17.0.2:80`; undefined if its proxy does not tell. */
export function containerPortText({ address, port }: ContainerPort): string | undefined {
  if (address === null || port === null) return undefined;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

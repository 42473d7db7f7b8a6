/** A range of ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export function includesPort({ from, to }: PortRange, port: number): boolean {
  return port >= from && port <= to;
}

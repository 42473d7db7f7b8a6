/** True if the name of a place says that the place is not on this machine. */
export function isElsewhere(place: string): boolean {
  return /^(?:exec|ssh):/.test(place);
}

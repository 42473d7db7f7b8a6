import type { Listener } from '@portolan/monitor';
import type { UserNames } from '../../listeners/user-names.js';

/** Makes a test for listeners that have all words of a search, anywhere and in upper or lower case. */
export function searchTest(
  search: string,
  users: UserNames,
  hasPlaces: boolean,
): (listener: Listener) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (listener) => {
    const place = hasPlaces ? `${listener.place.toLowerCase()}\n` : '';
    const text = place + searchedText(listener, users);
    return words.every((word) => text.includes(word));
  };
}

/** The texts by which a listener is found, in lower case. The line breaks keep a word from matching across two texts. */
function searchedText(
  { place, protocol, address, port, processes, sockets }: Listener,
  users: UserNames,
): string {
  const nameOf = (uid: number | null) => (uid === null ? '' : (users.nameAt(place, uid) ?? String(uid)));
  const texts = [protocol, address, String(port)];
  for (const { name, commandLine, user, uid } of processes ?? [])
    texts.push(name, commandLine?.join(' ') ?? '', user ?? nameOf(uid));
  if (!processes?.length) texts.push(...sockets.map(({ uid }) => nameOf(uid)));
  return texts.join('\n').toLowerCase();
}

/** A key that types no character. */
type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageUp'
  | 'pageDown'
  | 'delete'
  | 'backspace'
  | 'enter'
  | 'escape'
  | 'ctrl-c'
  | 'ctrl-l'
  | 'ctrl-u'
  | 'ctrl-z';

/** What comes from the keyboard: a named key, a character that was typed, or a text that was pasted. */
export type Input =
  | { readonly type: 'key'; readonly key: KeyName }
  | { readonly type: 'character'; readonly character: string }
  | { readonly type: 'paste'; readonly text: string };

const CONTROL_KEYS: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x03': 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x15': 'ctrl-u',
  '\x1a': 'ctrl-z',
};

/** By the last byte of a sequence (ECMA-48 and DEC; xterm's ctlseqs.txt, PC-Style Function Keys). */
const LETTER_KEYS: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  M: 'enter', // SS3 M, from the keypad.
};

/** By the first number of a sequence that ends with `~`. */
const NUMBER_KEYS: Readonly<Record<string, KeyName>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageUp',
  6: 'pageDown',
  7: 'home',
  8: 'end',
};

const ESCAPE = '\x1b';
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** Function keys of the Linux console, CSI and SS3 sequences. Their length is limited: nothing longer is a key. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SEQUENCE = /^\x1b(?:\[\[[A-E]|\[([0-?]{0,16})[ -/]{0,4}([@-Z\\-~])|O([@-~]))/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const BEGUN_SEQUENCE = /^\x1b(?:\[\[?|\[[0-?]{0,16}[ -/]{0,4}|O)?$/;

/** Makes keys of what a terminal in raw mode sends, in whatever chunks it comes. It does no I/O. */
export class InputParser {
  #rest = '';
  #isPasting = false;

  /** True if a sequence has begun that may turn out to be the Escape key. {@link flush} decides that. */
  get isWaiting(): boolean {
    return this.#rest !== '' && !this.#isPasting;
  }

  push(chunk: string): Input[] {
    const inputs: Input[] = [];
    this.#rest += chunk;
    let input = this.#take();
    while (input !== undefined) {
      if (input !== 'nothing') inputs.push(input);
      input = this.#take();
    }
    return inputs;
  }

  /** Takes what waits as keys: nothing more came for a while, so it is no sequence. */
  flush(): Input[] {
    if (!this.isWaiting) return [];
    const rest = this.#rest.slice(1);
    this.#rest = '';
    return [{ type: 'key', key: 'escape' }, ...this.push(rest)];
  }

  /** Takes the next input; undefined if it needs more bytes. */
  #take(): Input | 'nothing' | undefined {
    if (this.#rest === '') return undefined;
    if (this.#isPasting) return this.#takePasted();
    if (this.#rest.startsWith(ESCAPE)) return this.#takeSequence();
    const character = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
    this.#rest = this.#rest.slice(character.length);
    const key = CONTROL_KEYS[character];
    if (key !== undefined) return { type: 'key', key };
    return /\p{Cc}/u.test(character) ? 'nothing' : { type: 'character', character };
  }

  #takePasted(): Input | 'nothing' | undefined {
    const end = this.#rest.indexOf(PASTE_END);
    const length = end < 0 ? this.#rest.length - begunLength(this.#rest, PASTE_END) : end;
    const text = this.#rest.slice(0, length);
    if (end < 0) {
      this.#rest = this.#rest.slice(length);
      return text === '' ? undefined : { type: 'paste', text };
    }
    this.#isPasting = false;
    this.#rest = this.#rest.slice(end + PASTE_END.length);
    return text === '' ? 'nothing' : { type: 'paste', text };
  }

  #takeSequence(): Input | 'nothing' | undefined {
    if (BEGUN_SEQUENCE.test(this.#rest)) return undefined;
    const [sequence = ESCAPE, parameters = '', csiEnd, ss3End] = SEQUENCE.exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(sequence.length);
    if (sequence === ESCAPE) return { type: 'key', key: 'escape' };
    if (sequence === PASTE_BEGIN) {
      this.#isPasting = true;
      return 'nothing';
    }
    const key =
      csiEnd === '~' ? NUMBER_KEYS[parameters.split(';', 1)[0] ?? ''] : LETTER_KEYS[csiEnd ?? ss3End ?? ''];
    return key === undefined ? 'nothing' : { type: 'key', key };
  }
}

/** How many of the marker's first characters the text ends with. */
function begunLength(text: string, marker: string): number {
  for (let length = marker.length - 1; length > 0; length -= 1) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}

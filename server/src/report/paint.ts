/** Colour on a terminal, and nothing where there is none. */

export type Colour = 'red' | 'yellow' | 'blue' | 'green' | 'grey' | 'bold';

const codes: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', blue: '34', green: '32', grey: '90', bold: '1' };

export type Paint = (colour: Colour, text: string) => string;

export function painter(on: boolean): Paint {
  return (colour, text) => (on ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** Control characters of hostile names would move a terminal's cursor, marks of direction reorder a line: they are shown as `\xNN` and `\uNNNN`. Line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same on one line: a line break or a tab becomes a space. */
export function oneLine(text: string): string {
  return printable(text.replace(/\r\n|[\r\n\t]/g, ' '));
}

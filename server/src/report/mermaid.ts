/** Text of manifests inside a Mermaid chart. */

/** As Mermaid's entities, so that it can neither break the chart nor become HTML. */
export function mermaidText(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/→⇒%()@-]/gu, (character) => `#${character.codePointAt(0) ?? 32};`);
}

/** A comment ends with its line, and Mermaid reads `{` in comments. */
export function mermaidComment(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/@-]/gu, ' ');
}

/** Turns the plain positions of our requests into VS Code's. Both count from 0 in UTF-16 code units. */
import { Range, type Position } from 'vscode';
import type { LspPosition, LspRange } from '../../server/src/protocol/requests';

export function toRange(range: LspRange): Range {
  return new Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

export function toLspPosition(position: Position): LspPosition {
  return { line: position.line, character: position.character };
}

/** Tells the panel which card the cursor in the text stands on. */
import { window, type Disposable, type LogOutputChannel, type TextEditor } from 'vscode';
import type { PlaceAt } from '../../../server/src/protocol/requests';
import { isManifestLanguage } from '../activeManifest';
import type { PacketpathServer } from '../languageClient';
import { newest } from '../newest';
import { toLspPosition } from '../ranges';

/** The cursor rests before it is followed, so that typing and arrow keys do not make the panel flicker. */
const restMilliseconds = 120;

export interface CursorFollower {
  wanted(): boolean;
  select(place: PlaceAt): void;
}

export interface CursorFollowing extends Disposable {
  /** Looks where the cursor is without waiting for it to move: a panel has just opened. */
  look(): void;
}

/** Follows the cursor as long as `wanted` says so. */
export function followCursor(server: PacketpathServer, log: LogOutputChannel, follower: CursorFollower): CursorFollowing {
  const asking = newest();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (editor: TextEditor): Promise<void> => {
    if (server.state !== 'running') return;
    const params = { uri: editor.document.uri.toString(), position: toLspPosition(editor.selection.active) };
    try {
      const place = await asking.run((token) => server.request('packetpath/placeAt', params, token));
      if (place !== undefined && place !== null) follower.select(place);
    } catch (error) {
      log.warn(`Place at the cursor: ${String(error)}`);
    }
  };

  const askSoon = (editor: TextEditor | undefined): void => {
    if (editor === undefined || !follower.wanted() || !isManifestLanguage(editor.document)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(editor), restMilliseconds);
  };

  const moved = window.onDidChangeTextEditorSelection(({ textEditor }) => {
    askSoon(textEditor);
  });
  return {
    look: () => {
      askSoon(window.activeTextEditor ?? window.visibleTextEditors[0]);
    },
    dispose: () => {
      clearTimeout(timer);
      moved.dispose();
      asking.dispose();
    },
  };
}

/** Reads VS Code's settings into the shape that the server is told at its start. */
import { workspace } from 'vscode';
import { defaultSettings, settingRows, type Settings } from '../../server/src/protocol/settings';

/** The settings as the person set them, with our defaults for what is not set. Values are checked by the server. */
export function readSettings(): Settings {
  const configuration = workspace.getConfiguration('packetpath');
  const entries = settingRows.map(({ key }) => [key, configuration.get(key, defaultSettings[key])] as const);
  return Object.fromEntries(entries) as unknown as Settings;
}

/** The globs of `files.exclude` that are on. One with a `when` hides generated files beside their source, which no manifest is. */
export function excludedGlobs(): string[] {
  const exclude = workspace.getConfiguration('files').get<Readonly<Record<string, unknown>>>('exclude', {});
  return Object.entries(exclude).flatMap(([glob, on]) => (on === true ? [glob] : []));
}

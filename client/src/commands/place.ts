/** Finds the end of a trace: what stands at the cursor, or what the person picks from the context. */
import { l10n, QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import type { TraceFromHereArgument } from '../../../server/src/protocol/commands';
import type { TopologyAnswer } from '../../../server/src/protocol/requests';
import { isManifestLanguage } from '../activeManifest';
import { toLspPosition } from '../ranges';
import type { Services } from '../services';
import { sendersTo } from '../senders';

/** What stands at the cursor of the active editor; undefined when nothing there can send or receive. */
export async function placeAtCursor({ server }: Services): Promise<TraceFromHereArgument | undefined> {
  const editor = window.activeTextEditor;
  if (editor === undefined || !isManifestLanguage(editor.document)) return undefined;
  const place = await server.request('packetpath/placeAt', { uri: editor.document.uri.toString(), position: toLspPosition(editor.selection.active) });
  if (typeof place?.endpoint !== 'string') return undefined;
  return { context: place.context, endpoint: place.endpoint, label: place.label };
}

interface EndpointItem extends QuickPickItem {
  readonly end?: TraceFromHereArgument;
}

/** Lets the person pick an endpoint of a context, or of that of the file in view; for a destination those that can send, its callers first. */
export async function pickEndpoint(
  services: Services,
  title: string,
  among?: { readonly context: string; readonly to: string },
): Promise<TraceFromHereArgument | undefined> {
  const uri = services.activeManifest.current?.uri.toString();
  const answer = services.server.request('packetpath/topology', {
    ...(among === undefined ? {} : { context: among.context }),
    ...(uri === undefined ? {} : { uri }),
  });
  const items = answer.then((topology) => endpointItems(topology, among?.to));
  const chosen = await window.showQuickPick(items, { title, placeHolder: l10n.t('Pick an endpoint'), matchOnDescription: true });
  return chosen?.end;
}

function endpointItems(answer: TopologyAnswer, to: string | undefined): EndpointItem[] {
  const context = answer.topology?.context.id;
  if (context === undefined) return [{ label: answer.message ?? l10n.t('There is nothing to trace here.') }];
  const items = (endpoints: TopologyAnswer['endpoints']): EndpointItem[] =>
    endpoints.map(({ endpoint, label, detail }) => ({
      label,
      description: detail,
      iconPath: new ThemeIcon(endpoint === 'internet' ? 'globe' : 'server-process'),
      end: { context, endpoint, label },
    }));
  if (to === undefined) return items(answer.endpoints);
  const { callers, others } = sendersTo(answer, to);
  const separator = (label: string): EndpointItem => ({ label, kind: QuickPickItemKind.Separator });
  return callers.length === 0 ? items(others) : [separator(l10n.t('calls it')), ...items(callers), separator(l10n.t('others')), ...items(others)];
}

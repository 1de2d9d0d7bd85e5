/** Traces from what stands at the cursor, or from what a code action names: asks where to, then shows the path. */
import { l10n, QuickPickItemKind, ThemeColor, ThemeIcon, window, type QuickPickItem } from 'vscode';
import type { TraceFromHereArgument } from '../../../server/src/protocol/commands';
import type { Destination } from '../../../server/src/protocol/requests';
import type { Outcome } from '../../../server/src/protocol/trace';
import type { Services } from '../services';
import { showPanel } from './openTopology';
import { pickEndpoint, placeAtCursor } from './place';

export async function traceFromHere(services: Services, argument: unknown): Promise<void> {
  const from = isTraceFromHereArgument(argument) ? argument : ((await placeAtCursor(services)) ?? (await pickEndpoint(services, l10n.t('Trace from'))));
  if (from === undefined) return;
  const destination = await pickDestination(services, from);
  if (destination === undefined) return;
  await showPanel(services);
  await services.panel.showTrace(from.context, {
    from: from.endpoint,
    to: destination.to,
    ...(destination.port === undefined ? {} : { port: destination.port }),
    ...(destination.protocol === undefined ? {} : { protocol: destination.protocol }),
  });
}

interface DestinationItem extends QuickPickItem {
  readonly destination?: Destination;
}

async function pickDestination({ server, activeManifest }: Services, from: TraceFromHereArgument): Promise<Destination | undefined> {
  const uri = activeManifest.current?.uri.toString();
  const items = server
    .request('packetpath/destinations', { ...(uri === undefined ? {} : { uri }), context: from.context, from: from.endpoint })
    .then(destinationItems);
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Trace from {0}', from.label),
    placeHolder: l10n.t('Where to?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.destination;
}

/** In the order of the server, nearest first, with a line above each group of the same reason. */
function destinationItems(destinations: readonly Destination[]): DestinationItem[] {
  const items: DestinationItem[] = [];
  let because: string | undefined;
  for (const destination of destinations) {
    if (destination.because !== because) items.push({ label: destination.because, kind: QuickPickItemKind.Separator });
    because = destination.because;
    const verdict = lookOf(destination.outcome);
    items.push({ label: destination.label, description: verdict.says, detail: destination.detail, iconPath: verdict.icon, destination });
  }
  return items;
}

function lookOf(outcome: Outcome): { readonly icon: ThemeIcon; readonly says: string } {
  switch (outcome) {
    case 'delivered':
      return { icon: icon('pass-filled', 'charts.green'), says: l10n.t('delivered') };
    case 'mixed':
      return { icon: icon('git-branch', 'charts.yellow'), says: l10n.t('some paths only') };
    case 'unknown':
      return { icon: icon('question', 'charts.yellow'), says: l10n.t('unknown') };
    case 'dropped-policy-egress':
      return { icon: icon('error', 'charts.red'), says: l10n.t('dropped by an egress policy') };
    case 'dropped-policy-ingress':
      return { icon: icon('error', 'charts.red'), says: l10n.t('dropped by an ingress policy') };
    case 'dropped-no-local-endpoint':
      return { icon: icon('error', 'charts.red'), says: l10n.t('dropped: no endpoint on the node') };
    case 'dropped-source-range':
      return { icon: icon('error', 'charts.red'), says: l10n.t('dropped: the source is in no allowed range') };
    case 'dns-blocked':
      return { icon: icon('error', 'charts.red'), says: l10n.t('dropped: the look-up of the name is blocked') };
    case 'refused-no-endpoints':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('refused: no endpoints') };
    case 'refused-no-listener':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('refused: nothing listens') };
    case 'name-not-found':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('name not found') };
    case 'port-not-on-service':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('the Service has no such port') };
    case 'no-route':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('no route') };
    case 'grant-missing':
      return { icon: icon('circle-slash', 'charts.red'), says: l10n.t('a grant is missing') };
  }
}

function icon(name: string, color: string): ThemeIcon {
  return new ThemeIcon(name, new ThemeColor(color));
}

function isTraceFromHereArgument(value: unknown): value is TraceFromHereArgument {
  if (typeof value !== 'object' || value === null) return false;
  const { context, endpoint, label } = value as Partial<Record<keyof TraceFromHereArgument, unknown>>;
  return typeof context === 'string' && typeof endpoint === 'string' && typeof label === 'string';
}

/** Opens who may talk to whom in the context of the file in view, as a document. */
import type { Services } from '../services';

export async function showConnectivity({ server, activeManifest, reports }: Services): Promise<void> {
  const uri = activeManifest.current?.uri.toString();
  const context = activeManifest.current?.contexts[0]?.id;
  await reports.show(`connectivity ${context ?? ''}`, () =>
    server.request('packetpath/connectivity', { ...(uri === undefined ? {} : { uri }), ...(context === undefined ? {} : { context }) }),
  );
}

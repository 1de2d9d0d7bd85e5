/** Manifests of any number of workloads, three resources each, in namespaces of a team: pseudo-random and the same every time. */

/** A Deployment, its Service and its policy for each part; `parts` of 667 are about 2,000 resources. */
export function largeManifests(parts: number): Readonly<Record<string, string>> {
  let seed = 7;
  const next = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % limit;
  };
  const teams = Math.max(2, Math.round(parts / 40));
  const teamOf = (part: number): string => `team-${String(part % teams).padStart(2, '0')}`;
  const nameOf = (part: number): string => `part-${String(part).padStart(4, '0')}`;
  const texts = new Map<string, string[]>();
  for (let part = 0; part < parts; part++) {
    const name = nameOf(part);
    const namespace = teamOf(part);
    // Most calls stay in the team.
    const near = (part + teams * (1 + next(Math.max(1, Math.floor(parts / teams) - 1)))) % parts;
    const far = next(parts);
    const port = 8000 + (part % 100);
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  replicas: ${1 + (part % 3)}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: registry.example.com/${name}:1
          ports: [{ containerPort: ${port} }]
          env:
            - { name: NEAR, value: 'http://${nameOf(near)}.${teamOf(near)}:${8000 + (near % 100)}' }
            - { name: FAR, value: 'http://${nameOf(far)}.${teamOf(far)}:${8000 + (far % 100)}' }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { app: ${name} }
  ports: [{ port: ${port} }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  podSelector: { matchLabels: { app: ${name} } }
  ingress: [{ from: [{ namespaceSelector: {} }] }]
`;
    const path = `${namespace}/all.yaml`;
    const before = texts.get(path);
    if (before) before.push(text);
    else texts.set(path, [text]);
  }
  return Object.fromEntries([...texts].map(([path, all]) => [path, all.join('---\n')]));
}

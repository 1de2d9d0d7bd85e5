/** A workspace of a given size for the bench: applications of ten files and thirty documents, each in a namespace of its own. */

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const filesOfApplication = 10;

/** `files` is rounded down to whole applications. The same size always gives the same text. */
export function generateWorkspace(files: number): GeneratedFile[] {
  const result: GeneratedFile[] = [];
  for (let application = 0; application < Math.floor(files / filesOfApplication); application++) {
    const name = `app-${application}`;
    for (let part = 0; part < filesOfApplication; part++) result.push({ path: `apps/${name}/component-${part}.yaml`, text: component(name, part) });
  }
  return result;
}

/** A Service, the Deployment behind it and its policy; each component calls the next one. */
function component(namespace: string, part: number): string {
  const next = (part + 1) % filesOfApplication;
  return `apiVersion: v1
kind: Service
metadata:
  name: component-${part}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: component-${part}
    app.kubernetes.io/part-of: ${namespace}
spec:
  selector:
    app.kubernetes.io/name: component-${part}
    app.kubernetes.io/part-of: ${namespace}
  ports:
    - name: http
      port: 80
      targetPort: http
    - name: metrics
      port: 9090
      targetPort: metrics
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: component-${part}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: component-${part}
    app.kubernetes.io/part-of: ${namespace}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: component-${part}
      app.kubernetes.io/part-of: ${namespace}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: component-${part}
        app.kubernetes.io/part-of: ${namespace}
    spec:
      containers:
        - name: main
          image: registry.example.com/${namespace}/component-${part}:1.${part}.0
          ports:
            - name: http
              containerPort: 8080
            - name: metrics
              containerPort: 9090
          env:
            - name: NEXT_HOST
              value: component-${next}
            - name: NEXT_URL
              value: http://$(NEXT_HOST):80/api
            - name: LOG_LEVEL
              value: info
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: component-${part}
  namespace: ${namespace}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: component-${part}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: component-${(part + filesOfApplication - 1) % filesOfApplication}
      ports:
        - protocol: TCP
          port: 8080
  egress:
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: component-${next}
      ports:
        - protocol: TCP
          port: 8080
    - to:
        - namespaceSelector: {}
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
`;
}

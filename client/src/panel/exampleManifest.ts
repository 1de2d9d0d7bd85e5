/** A small application for somebody who has no manifests at hand: enough for a topology, a path that arrives and one that does not. */

export const exampleManifest = `# An example to look at and to play with. Nothing of it is saved until you save it.
#
# The website is open to the internet. It may call the orders, and nobody else may: the policy at the end says so.
# Try it: trace from the Deployment "website" to "orders", then from "reports" to "orders".
apiVersion: v1
kind: Service
metadata:
  name: website
spec:
  type: LoadBalancer
  selector:
    app: website
  ports:
    - port: 80
      targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: website
spec:
  replicas: 2
  selector:
    matchLabels:
      app: website
  template:
    metadata:
      labels:
        app: website
    spec:
      containers:
        - name: web
          image: example.com/website:1.0
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: ORDERS_URL
              value: http://orders:9000
---
apiVersion: v1
kind: Service
metadata:
  name: orders
spec:
  selector:
    app: orders
  ports:
    - port: 9000
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  selector:
    matchLabels:
      app: orders
  template:
    metadata:
      labels:
        app: orders
    spec:
      containers:
        - name: api
          image: example.com/orders:1.0
          ports:
            - containerPort: 9000
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: reports
spec:
  selector:
    matchLabels:
      app: reports
  template:
    metadata:
      labels:
        app: reports
    spec:
      containers:
        - name: reports
          image: example.com/reports:1.0
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: orders
spec:
  podSelector:
    matchLabels:
      app: orders
  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: website
      ports:
        - port: 9000
`;

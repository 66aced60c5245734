/** Counters and gauges in Prometheus' text format (version 0.0.4). Names and labels are ours, never a caller's. */
export type Labels = Readonly<Record<string, string>>

export interface Metrics {
  /** Declares a metric; a gauge may read itself when asked. */
  describe(name: string, kind: "counter" | "gauge", help: string, read?: () => number): void
  add(name: string, labels?: Labels, by?: number): void
  set(name: string, value: number, labels?: Labels): void
  render(): string
}

interface Metric {
  readonly kind: "counter" | "gauge"
  readonly help: string
  readonly read: (() => number) | undefined
  readonly values: Map<string, number>
}

const labelText = (labels: Labels): string => {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "_")}"`)
  return parts.length === 0 ? "" : `{${parts.join(",")}}`
}

export function createMetrics(prefix = "enigma_"): Metrics {
  const metrics = new Map<string, Metric>()
  const find = (name: string): Metric => {
    const metric = metrics.get(name)
    if (metric === undefined) throw new RangeError(`metric ${name} was never described`)
    return metric
  }
  return {
    describe(name, kind, help, read) {
      metrics.set(name, { kind, help, read, values: new Map() })
    },
    add(name, labels = {}, by = 1) {
      const { values } = find(name)
      const key = labelText(labels)
      values.set(key, (values.get(key) ?? 0) + by)
    },
    set(name, value, labels = {}) {
      find(name).values.set(labelText(labels), value)
    },
    render() {
      const lines: string[] = []
      for (const [name, { kind, help, read, values }] of metrics) {
        lines.push(`# HELP ${prefix}${name} ${help}`, `# TYPE ${prefix}${name} ${kind}`)
        if (read !== undefined) lines.push(`${prefix}${name} ${read()}`)
        for (const [labels, value] of values) lines.push(`${prefix}${name}${labels} ${value}`)
      }
      return `${lines.join("\n")}\n`
    },
  }
}

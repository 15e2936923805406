import { ConfigFaults, type ConfigSource, loadConfig, type RelayConfig } from '../config/index.ts'
import type { Finding } from './finding.ts'

/** The configuration, or its faults, each as a finding. */
export function readConfiguration(source: ConfigSource): { config: RelayConfig | undefined; findings: Finding[] } {
  try {
    const config = loadConfig(source)
    return { config, findings: [judgeConfiguration(config)] }
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    const findings = error.faults.map(
      ({ key, remedy }): Finding => ({ check: 'configuration', about: key, level: 'wrong', message: remedy }),
    )
    return { config: undefined, findings }
  }
}

function judgeConfiguration({ path, pixels }: RelayConfig): Finding {
  const about = path ?? 'the environment'
  const ids = pixels.map(({ pixelId }) => pixelId)
  const message = ids.length === 1 ? `pixel ${ids[0]}` : `${ids.length} pixels`
  return { check: 'configuration', about, level: 'ok', message }
}

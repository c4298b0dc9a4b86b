/** Reads `sources/<vendor>/vendor.yaml`. */
import { ConfigError, type ConfigProblem, throwProblems } from './config-error.ts';
import { checkAgainst } from './schema-problems.ts';
import { type VendorConfig, vendorSchema } from './vendor.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export interface VendorFile {
  config: VendorConfig;
  yaml: YamlFile;
}

/** Throws `ConfigError` with every problem of the file. */
export function readVendorConfig(path: string): VendorConfig {
  return readVendorFile(path).config;
}

/** As `readVendorConfig`, and keeps where everything stands, for checks that come later. */
export function readVendorFile(path: string): VendorFile {
  const yaml = readYamlFile(path);
  const { value: config, problems } = checkAgainst(vendorSchema, yaml);
  if (config === undefined)
    throw new ConfigError(problems[0] ?? { file: path, message: 'Found no vendor.' }, ...problems.slice(1));
  throwProblems(pagingProblems(config, yaml));
  return { config, yaml };
}

/** What the schema cannot say: `operations` names styles that `paging` defines. */
function pagingProblems(config: VendorConfig, yaml: YamlFile): ConfigProblem[] {
  const styles = Object.keys(config.paging);
  return Object.entries(config.operations).flatMap(([id, { paging, items }]) => {
    const at = (key: string, message: string): ConfigProblem => ({
      file: yaml.path,
      ...yaml.locate(['operations', id, key]),
      subject: `${config.vendor} ${id}`,
      message,
    });
    if (paging !== undefined && !styles.includes(paging)) {
      const known = styles.length === 0 ? 'a style, but "paging" defines none' : `one of ${styles.join(', ')}`;
      return [at('paging', `Found paging style "${paging}", expected ${known}. Define it under "paging".`)];
    }
    if (paging !== undefined && items === undefined) {
      return [at('paging', 'Found paging without items, expected "items": where the answer holds the rows.')];
    }
    if (paging === undefined && items !== undefined) {
      return [
        at('items', 'Found items without paging, expected "paging": the style. For what a read returns, use "result".'),
      ];
    }
    return [];
  });
}

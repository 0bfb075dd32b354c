export interface Exported {
  readonly name: string;
  readonly from: string;
  readonly kind: string;
  readonly comment: string;
  readonly declaration: string;
}
export function exported(): Exported[];
export function page(): Promise<string>;

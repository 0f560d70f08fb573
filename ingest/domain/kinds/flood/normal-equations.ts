/**
 * Solves `A x = b` for a symmetric positive definite `A` of which only the lower triangle is read (Cholesky). Both are overwritten.
 * Undefined where `A` is singular: the record does not determine the unknowns.
 */
export function solvePositive(matrix: readonly Float64Array[], right: Float64Array): number[] | undefined {
  const size = right.length;
  const at = (row: number, column: number): number => (matrix[row] as Float64Array)[column] as number;
  for (let row = 0; row < size; row += 1) {
    const line = matrix[row] as Float64Array;
    const scale = at(row, row);
    for (let column = 0; column <= row; column += 1) {
      let sum = at(row, column);
      for (let k = 0; k < column; k += 1) sum -= at(row, k) * at(column, k);
      if (row === column) {
        if (!(sum > 1e-12 * scale)) return undefined;
        line[row] = Math.sqrt(sum);
      } else line[column] = sum / at(column, column);
    }
  }
  for (let row = 0; row < size; row += 1) {
    let sum = right[row] as number;
    for (let k = 0; k < row; k += 1) sum -= at(row, k) * (right[k] as number);
    right[row] = sum / at(row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = right[row] as number;
    for (let k = row + 1; k < size; k += 1) sum -= at(k, row) * (right[k] as number);
    right[row] = sum / at(row, row);
  }
  return [...right];
}

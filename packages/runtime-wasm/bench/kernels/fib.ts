// The 30th Fibonacci number, by the recursion nobody should use.
function fib(n: i32): i32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
export function construct(): void {}
export function call(): void {
  if (fib(30) != 832040) unreachable()
}

#include <cstdio>
int main() {
    std::puts("nightjar");
    return 0;
}

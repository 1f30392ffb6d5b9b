# cmake -DINPUT=file -DOUTPUT=file.cpp -DNAME=symbol -P embed.cmake: a C++ source whose function nj::demo::NAME() views the bytes of INPUT.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"demo/resources.h\"\n\nnamespace nj::demo {\nnamespace {\nconstexpr unsigned char kBytes[] = {\n${bytes}0x00};\n}\n"
  "std::string_view ${NAME}() { return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes) - 1}; }\n}  // namespace nj::demo\n")

# cmake -DINPUT=file -DOUTPUT=file.cpp -DNAME=symbol [-DNAMESPACE=nj::demo -DHEADER=demo/resources.h] -P embed.cmake: a C++ source whose
# function NAMESPACE::NAME(), declared by HEADER, views the bytes of INPUT.
if(NOT DEFINED NAMESPACE)
  set(NAMESPACE nj::demo)
  set(HEADER demo/resources.h)
endif()
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nstd::string_view ${NAME}() {\n"
  "static constexpr unsigned char kBytes[] = {\n${bytes}0x00};\n"
  "return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes) - 1};\n}\n}  // namespace ${NAMESPACE}\n")

// Bodies that are compressed, cut, damaged, or bombs.
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "qt_test.h"
#include "source/inflater.h"

using namespace nj;
using namespace nj::source;

namespace {

std::string zlibOf(const std::string& text, int windowBits) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

std::string compressed(Encoding encoding, const std::string& text) {
    std::string out;
    switch (encoding) {
    case Encoding::kIdentity: return text;
    case Encoding::kGzip: return zlibOf(text, 15 + 16);
    case Encoding::kDeflate: return zlibOf(text, 15);
    case Encoding::kZstd:
        out.resize(ZSTD_compressBound(text.size()));
        out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
        return out;
    case Encoding::kSnappy: snappy::Compress(text.data(), text.size(), &out); return out;
    }
    return out;
}

std::string noise(size_t bytes) {
    std::string text(bytes, '\0');
    uint32_t state = 12345;
    for (char& c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>('a' + (state >> 24) % 20);
    }
    return text;
}

}  // namespace

class InflaterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void encodings_data() {
        QTest::addColumn<int>("encoding");
        for (const auto& [name, encoding] : {std::pair{"identity", Encoding::kIdentity}, {"gzip", Encoding::kGzip}, {"deflate", Encoding::kDeflate}, {"zstd", Encoding::kZstd}, {"snappy", Encoding::kSnappy}})
            QTest::newRow(name) << static_cast<int>(encoding);
    }
    void encodings() {
        QFETCH(int, encoding);
        const auto kind = static_cast<Encoding>(encoding);
        QVERIFY(encodingOf(QTest::currentDataTag()).ok());
        QCOMPARE(*encodingOf(QTest::currentDataTag()), kind);
        for (const size_t bytes : {0, 1, 1000, 70'000, 3'000'000}) {
            const std::string text = noise(bytes), body = compressed(kind, text);
            const auto out = inflate(kind, body, 64U << 20);
            QVERIFY2(out.ok(), out.ok() ? "" : out.error().message.c_str());
            QVERIFY(*out == text);
            // Over the limit by one byte.
            if (bytes > 0) {
                const auto over = inflate(kind, body, bytes - 1);
                QVERIFY(!over.ok());
                QCOMPARE(over.error().code, ErrorCode::kLimit);
            }
        }
    }
    void damage_data() { encodings_data(); }
    void damage() {
        QFETCH(int, encoding);
        const auto kind = static_cast<Encoding>(encoding);
        if (kind == Encoding::kIdentity)
            return;
        const std::string body = compressed(kind, noise(20'000));
        for (size_t cut = 0; cut < body.size(); cut += std::max<size_t>(1, body.size() / 50)) {
            const auto out = inflate(kind, body.substr(0, cut), 64U << 20);
            QVERIFY2(!out.ok(), "a cut body is none");
            QCOMPARE(out.error().code, ErrorCode::kMalformed);
        }
        QVERIFY(!inflate(kind, body + "behind", 64U << 20).ok());
        for (size_t at = 0; at < body.size(); at += std::max<size_t>(1, body.size() / 200)) {
            std::string flipped = body;
            flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
            static_cast<void>(inflate(kind, flipped, 64U << 20));   // may be valid; must end
        }
    }
    void bombs_data() { encodings_data(); }
    void bombs() {
        QFETCH(int, encoding);
        const auto kind = static_cast<Encoding>(encoding);
        if (kind == Encoding::kIdentity)
            return;
        const auto out = inflate(kind, compressed(kind, std::string(256U << 20, '\0')), 64U << 20);
        QVERIFY(!out.ok());
        QCOMPARE(out.error().code, ErrorCode::kLimit);
    }
    void messagesTellTheirCompression() {
        QCOMPARE(encodingOfMessage(compressed(Encoding::kGzip, "x")), Encoding::kGzip);
        QCOMPARE(encodingOfMessage(compressed(Encoding::kDeflate, "x")), Encoding::kDeflate);
        QCOMPARE(encodingOfMessage(std::string("\x0a\x05hello", 7)), Encoding::kIdentity);
        QCOMPARE(encodingOfMessage(""), Encoding::kIdentity);
    }
    void unknownEncodingsAreNamed() {
        const auto brotli = encodingOf("br");
        QVERIFY(!brotli.ok());
        QCOMPARE(brotli.error().code, ErrorCode::kUnsupported);
        QVERIFY(brotli.error().message.find("gzip") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(InflaterTest)
#include "inflater_test.moc"

// The dialog for SQLite files of no known tool, driven as a person does; and pictures of it, dark and light.
#include <QSignalSpy>

#include "qt_test.h"
#include "widgets/table_mapping_dialog.h"

using namespace nj;
using namespace nj::ui;

namespace {

std::vector<MappableTable> tables() {
    MappableTable log{"app_log", {{"id", "INTEGER"}, {"ts", "INTEGER"}, {"level", "TEXT"}, {"message", "TEXT"}, {"took_ms", "REAL"}, {"user", "TEXT"}}, {}};
    log.guess.table = log.name;
    log.guess.fields = {{"time", "ts", TimeUnit::kMilliseconds}, {"body", "message"}, {"severity", "level"}};
    log.guess.attributes = {"took_ms", "user"};
    MappableTable other{"<b>settings</b>", {{"key", "TEXT"}, {"value", "TEXT"}}, {}};
    other.guess.table = other.name;
    other.guess.signal = MappedSignal::kSamples;
    other.guess.fields = {{"value", "value"}};
    return {log, other};
}

MappingPreview rows() {
    return {{"time", "severity", "service", "body", "attributes"},
            {{"2026-03-17T10:58:12.000000Z", "error", "gateway", "upstream timed out", "user=u1  took_ms=12.5"}, {"2026-03-17T10:58:13.000000Z", "info", "gateway", "<b>fine</b>", "user=u2"}},
            {"1 of the first rows: row whose ts is no time (never)"}};
}

}  // namespace

class TableMappingDialogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theGuessIsShown() {
        TableMappingDialog* dialog = open(Theme::dark());
        QCOMPARE(dialog->tableBox()->count(), 2);
        QCOMPARE(dialog->signalBox()->currentText(), QStringLiteral("logs"));
        QCOMPARE(dialog->columnBox(QStringLiteral("time"))->currentText(), QStringLiteral("ts"));
        QCOMPARE(dialog->unitBox(QStringLiteral("time"))->currentText(), QStringLiteral("in ms"));
        QVERIFY(!dialog->unitBox(QStringLiteral("body")));
        QVERIFY(dialog->readBox()->isChecked() && dialog->importButton()->isEnabled());
        // The other table can't be read as it was guessed: it is left out until something is chosen.
        QCOMPARE(dialog->mappings(), std::vector<TableMapping>{tables().front().guess});
        dialog->setPreview(tables().front().guess, rows());
        QCOMPARE(dialog->previewTable()->rowCount(), 2);
        QCOMPARE(dialog->previewTable()->item(1, 3)->text(), QStringLiteral("<b>fine</b>"));
        QVERIFY(dialog->problemLabel()->plain().contains(QStringLiteral("no time (never)")));
        dialog->close();
    }
    void choosingAsksForAPreview() {
        TableMappingDialog* dialog = open(Theme::dark());
        QSignalSpy asked(dialog, &TableMappingDialog::previewRequested);
        dialog->unitBox(QStringLiteral("time"))->setFocus();
        QTest::keyClick(dialog->unitBox(QStringLiteral("time")), Qt::Key_Up);
        QCOMPARE(asked.size(), 1);
        QVERIFY(asked.last()[0].value<TableMapping>().field("time")->unit == TimeUnit::kSeconds);
        // An answer to the question before comes late: it is not shown.
        dialog->setPreview(tables().front().guess, rows());
        QCOMPARE(dialog->previewTable()->rowCount(), 0);
        // A column that is taken away is missed, in words.
        dialog->columnBox(QStringLiteral("body"))->setCurrentIndex(0);
        QCOMPARE(asked.size(), 1);
        QVERIFY(!dialog->importButton()->isEnabled() && !dialog->saveButton()->isEnabled());
        QCOMPARE(dialog->problemLabel()->plain(), QStringLiteral("▲ no column is chosen for 'body', which logs need"));
        dialog->columnBox(QStringLiteral("body"))->setCurrentText(QStringLiteral("user"));
        QCOMPARE(asked.size(), 2);
        // Attributes by their boxes.
        QListWidget* list = dialog->attributeList();
        QCOMPARE(list->item(4)->checkState(), Qt::Checked);
        list->setCurrentRow(4);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Space);
        QCOMPARE(asked.last()[0].value<TableMapping>().attributes, std::vector<std::string>{"user"});
        dialog->close();
    }
    void anotherSignalKeepsWhatFits() {
        TableMappingDialog* dialog = open(Theme::dark());
        dialog->signalBox()->setFocus();
        QTest::keyClick(dialog->signalBox(), Qt::Key_Down);
        QCOMPARE(dialog->signalBox()->currentText(), QStringLiteral("spans"));
        QCOMPARE(dialog->columnBox(QStringLiteral("start"))->currentText(), QStringLiteral("ts"));
        QCOMPARE(dialog->unitBox(QStringLiteral("start"))->currentText(), QStringLiteral("in ms"));
        QVERIFY(!dialog->importButton()->isEnabled());
        dialog->columnBox(QStringLiteral("name"))->setCurrentText(QStringLiteral("message"));
        dialog->columnBox(QStringLiteral("duration"))->setCurrentText(QStringLiteral("took_ms"));
        QCOMPARE(dialog->unitBox(QStringLiteral("duration"))->count(), 4);
        QVERIFY(dialog->importButton()->isEnabled());
        QSignalSpy imported(dialog, &TableMappingDialog::importRequested), saved(dialog, &TableMappingDialog::saveRequested);
        QTest::mouseClick(dialog->saveButton(), Qt::LeftButton);
        QTest::mouseClick(dialog->importButton(), Qt::LeftButton);
        QCOMPARE(imported.size() + saved.size(), 2);
        const TableMapping mapping = dialog->mappings().front();
        QVERIFY(mapping.signal == MappedSignal::kSpans && mapping.field("duration")->unit == TimeUnit::kMilliseconds);
        dialog->close();
    }
    void aSecondTable() {
        TableMappingDialog* dialog = open(Theme::dark());
        dialog->tableBox()->setCurrentIndex(1);
        QVERIFY(!dialog->readBox()->isChecked());
        QVERIFY(dialog->importButton()->isEnabled());
        QTest::mouseClick(dialog->readBox(), Qt::LeftButton, {}, {8, dialog->readBox()->height() / 2});
        QVERIFY(dialog->readBox()->isChecked());
        QVERIFY(!dialog->importButton()->isEnabled());
        dialog->columnBox(QStringLiteral("time"))->setCurrentText(QStringLiteral("key"));
        QVERIFY(dialog->importButton()->isEnabled());
        QCOMPARE(dialog->mappings().size(), size_t{2});
        // What was chosen for a table stays while another is looked at.
        dialog->tableBox()->setCurrentIndex(0);
        dialog->tableBox()->setCurrentIndex(1);
        QCOMPARE(dialog->columnBox(QStringLiteral("time"))->currentText(), QStringLiteral("key"));
        QTest::mouseClick(dialog->readBox(), Qt::LeftButton, {}, {8, dialog->readBox()->height() / 2});
        QCOMPARE(dialog->mappings().size(), size_t{1});
        dialog->close();
    }
    // Nothing of it is cut at its own size, in either theme. NIGHTJAR_PICTURES=folder keeps the pictures.
    void itFits() {
        for (const Theme& theme : {Theme::dark(), Theme::light()}) {
            theme.install();
            TableMappingDialog* dialog = open(theme);
            dialog->setPreview(tables().front().guess, rows());
            if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty()) {
                QCoreApplication::processEvents();
                dialog->grab().save(folder + (theme.kind == ThemeKind::kDark ? QStringLiteral("/mapping-dark.png") : QStringLiteral("/mapping-light.png")));
                dialog->signalBox()->setCurrentIndex(1);
                Q_EMIT dialog->signalBox()->activated(1);
                QCoreApplication::processEvents();
                dialog->grab().save(folder + (theme.kind == ThemeKind::kDark ? QStringLiteral("/mapping-spans-dark.png") : QStringLiteral("/mapping-spans-light.png")));
            }
            for (const QWidget* child : dialog->findChildren<QWidget*>())
                if (child->isVisible() && child->parentWidget() == dialog)
                    QVERIFY2(dialog->rect().contains(child->geometry()), child->metaObject()->className());
            for (const QPushButton* button : dialog->findChildren<QPushButton*>())
                QVERIFY(button->width() >= button->sizeHint().width());
            dialog->close();
        }
    }

private:
    static TableMappingDialog* open(const Theme& theme) {
        auto* dialog = new TableMappingDialog(theme, QStringLiteral("app.db"), tables());
        dialog->show();
        const bool exposed = QTest::qWaitForWindowExposed(dialog);
        Q_UNUSED(exposed)
        return dialog;
    }
};

QTEST_MAIN(TableMappingDialogTest)
#include "table_mapping_dialog_test.moc"

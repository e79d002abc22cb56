import type { JWK } from 'jose'

/** The RSA key of RFC 7515, appendix A.2. */
export const RFC7515_A2_KEY: JWK = {
  kty: 'RSA',
  n:
    'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR' +
    'T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB' +
    'dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia' +
    'GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
  d:
    'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46su' +
    'i395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4' +
    'qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB' +
    '4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  p:
    '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8' +
    'cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  q:
    'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t' +
    '62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  dp:
    'BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCj' +
    'n12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0',
  dq:
    'h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnw' +
    'gjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU',
  qi:
    'IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93' +
    'IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U',
}
export const RFC7515_A2_KID = 'IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8'

/** `CLAIMS` of mint.test.ts signed with that key by another implementation (pyca/cryptography, OpenSSL). */
export const SIGNED_RS256 = [
  'eyJraWQiOiJJc1VuNl9lMDRNYVNoWEZJSVNNcDRrRzYyTFd6TUlQeV9NdlNBNXBKZ1g4IiwidHlwIjoiSldUIiwiYWxnIjoiUlMy' + 'NTYifQ',
  'eyJzdWIiOiJ1cy1lYXN0LTE6OWYzYzJhNzEtMDAwMC04ZDFlLWIyYzQtNmEwZjVlN2Q5YzEwIiwiYXVkIjoidXMtZWFzdC0xOjlm' +
    'M2MyYTcxLTViMWQtNGMzZS05YTcwLTJmOGU2ZDRjMWIwYSIsImFtciI6WyJhdXRoZW50aWNhdGVkIiwibG9naW4uZXhhbXBsZSIs' +
    'ImxvZ2luLmV4YW1wbGU6dXMtZWFzdC0xOjlmM2MyYTcxLTViMWQtNGMzZS05YTcwLTJmOGU2ZDRjMWIwYTphbm4iXSwiaHR0cHM6' +
    'Ly9hd3MuYW1hem9uLmNvbS90YWdzIjp7InByaW5jaXBhbF90YWdzIjp7InRlYW0iOlsicmVkIl19fSwiaXNzIjoiaHR0cHM6Ly9p' +
    'ZC5leGFtcGxlLmNvbSIsImh0dHBzOi8vY29nbml0by1pZGVudGl0eS5hbWF6b25hd3MuY29tL2lkZW50aXR5LXBvb2wtYXJuIjoi' +
    'YXJuOmF3czpjb2duaXRvLWlkZW50aXR5OnVzLWVhc3QtMToxMjM0NTY3ODkwMTI6aWRlbnRpdHlwb29sL3VzLWVhc3QtMTo5ZjNj' +
    'MmE3MS01YjFkLTRjM2UtOWE3MC0yZjhlNmQ0YzFiMGEiLCJleHAiOjQxMDI0NDU0MDAsImlhdCI6NDEwMjQ0NDgwMH0',
  'a7h5YQH7l__vFn0LAAiXeno3pFpIAvX5j3nfK7XPBBljlwcRDHKwcMsF1Zf5UMVtoY9WFEqUiaimFrocbPM3XJV8KnxSq2P9Et6_' +
    'DJg0tV4fsA9q2e3jNhTJXUUlq1F3z2fdAhu6vDnyouepVwz9do2V9_vEB4hCm28yIryKqv7fkLn0pXHVhROvL-waVObvr6im1I0H' +
    'NyD7Mh0trgVwnnt0NJHxsd6otiOc9siLj5t_n82sfMtwkTMDIL3pNMSyP632jVFMegjtSqXourpge2CEeNF-JkepXskBZL9BKKtF' +
    'yUck6Dr9OWqqZBw444vgxd4WL866_8xu-zFxEyA6qA',
].join('.')
export const SIGNED_RS512 = [
  'eyJraWQiOiJJc1VuNl9lMDRNYVNoWEZJSVNNcDRrRzYyTFd6TUlQeV9NdlNBNXBKZ1g4IiwidHlwIjoiSldUIiwiYWxnIjoiUlM1' + 'MTIifQ',
  'eyJzdWIiOiJ1cy1lYXN0LTE6OWYzYzJhNzEtMDAwMC04ZDFlLWIyYzQtNmEwZjVlN2Q5YzEwIiwiYXVkIjoidXMtZWFzdC0xOjlm' +
    'M2MyYTcxLTViMWQtNGMzZS05YTcwLTJmOGU2ZDRjMWIwYSIsImFtciI6WyJhdXRoZW50aWNhdGVkIiwibG9naW4uZXhhbXBsZSIs' +
    'ImxvZ2luLmV4YW1wbGU6dXMtZWFzdC0xOjlmM2MyYTcxLTViMWQtNGMzZS05YTcwLTJmOGU2ZDRjMWIwYTphbm4iXSwiaHR0cHM6' +
    'Ly9hd3MuYW1hem9uLmNvbS90YWdzIjp7InByaW5jaXBhbF90YWdzIjp7InRlYW0iOlsicmVkIl19fSwiaXNzIjoiaHR0cHM6Ly9p' +
    'ZC5leGFtcGxlLmNvbSIsImh0dHBzOi8vY29nbml0by1pZGVudGl0eS5hbWF6b25hd3MuY29tL2lkZW50aXR5LXBvb2wtYXJuIjoi' +
    'YXJuOmF3czpjb2duaXRvLWlkZW50aXR5OnVzLWVhc3QtMToxMjM0NTY3ODkwMTI6aWRlbnRpdHlwb29sL3VzLWVhc3QtMTo5ZjNj' +
    'MmE3MS01YjFkLTRjM2UtOWE3MC0yZjhlNmQ0YzFiMGEiLCJleHAiOjQxMDI0NDU0MDAsImlhdCI6NDEwMjQ0NDgwMH0',
  'd_3ZkEJIrHL_rI49Gym75zlt1iO_v5c_0IxX4ILZeIS6f6LvJxbftz9eARnORNXK7OJ6rhStIzGa_QC493aQ8oEXoNxU6cyUBG0j' +
    'omyQVnyX8zctziSlA2_V5x-6KFX36jyHbrVmXbNh-M07B2Azg5kcR01NeCr_K2cJkDntO8hyt3ZM1aF_Oe7fwGDzp7uqOLGtc2Mv' +
    'UWom7dVAV5sX5OT3d_grsjxmz9McVMHln3rXsrOaPeH4oKNm-2jmeHT_2mullif8edRBpqEF0xFqluQLiOupxeABUW5eQBu2O7AT' +
    'Q0_2vvKQJlnVynkkrQS75s4tlZAXLUMPGw8XEG-gpg',
].join('.')

/** The key of RFC 7638, section 3.1, and the thumbprint that the section gives for it. */
export const RFC7638_KEY = {
  kty: 'RSA',
  n:
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB' +
    'ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8' +
    'KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_' +
    'xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
}
export const RFC7638_THUMBPRINT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'
